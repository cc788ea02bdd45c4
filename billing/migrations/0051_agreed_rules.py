"""One plan at a time for the same sales, and what the roles may do with what is agreed with banks.

btree_gist, which would compare keys and texts, is an extension that not every server has: they are compared as ranges of
one number, texts by their hash.
"""

from django.db import migrations

_SCOPE = """hashtextextended(
    currency || ':' || card_payment_type || ':' || coalesce(card_type_id::text, '') || ':'
    || coalesce(is_commercial::text, '') || ':' || coalesce(is_own_bank::text, '') || ':'
    || coalesce(installments::text, ''), 0
)"""
ADD = f"""
    ALTER TABLE billing_commissionplan ADD CONSTRAINT billing_plan_one_at_a_time EXCLUDE USING gist (
        int8range(pos_id, pos_id, '[]') WITH &&,
        int8range({_SCOPE}, {_SCOPE}, '[]') WITH &&,
        daterange(valid_from, valid_to, '[]') WITH &&
    )
"""
DROP = "ALTER TABLE billing_commissionplan DROP CONSTRAINT billing_plan_one_at_a_time"

WRITE = ("view", "add", "change", "delete")
VIEW = ("view",)
GIVEN = {"Administrator": WRITE, "Finance": WRITE, "Operator": VIEW, "Auditor": VIEW}
MODELS = {
    "acquiringagreement": "acquiring agreement",
    "commissionplan": "commission plan",
    "bankday": "bank day",
}


def give(apps, schema_editor):
    for role, actions in GIVEN.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for model, words in MODELS.items():
            group.permissions.add(*(_permission(apps, model, words, action) for action in actions))
        group.permissions.add(_permission(apps, "expectedpayout", "expected payout", "view"))


def _permission(apps, model, words, action):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="billing", model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename=f"{action}_{model}",
        content_type=content_type,
        defaults={"name": f"Can {action} {words}"},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [("billing", "0050_agreed")]
    operations = [migrations.RunSQL(ADD, DROP), migrations.RunPython(give, migrations.RunPython.noop)]
