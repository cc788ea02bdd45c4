"""Finance and Administrators close days and keep the chart of accounts; everybody sees days and journal."""

from django.db import migrations

MODELS = {
    "closedday": ("closed day", ("view", "close_day")),
    "journalaccount": ("journal account", ("view", "change")),
    "journalentry": ("journal entry", ("view",)),
}


def give(apps, schema_editor):
    for role in ("Administrator", "Finance", "Operator", "Auditor"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for model, (words, actions) in MODELS.items():
            given = actions if role in ("Administrator", "Finance") else ("view",)
            group.permissions.add(*(_permission(apps, model, words, action) for action in given))


def _permission(apps, model, words, action):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="billing", model=model
    )
    is_own = action == "close_day"
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename=action if is_own else f"{action}_{model}",
        content_type=content_type,
        defaults={"name": "Can close days of statements" if is_own else f"Can {action} {words}"},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [("billing", "0054_days_and_journal")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
