"""Finance and Administrators load statements of bank accounts; everybody sees them."""

from django.db import migrations

MODELS = {
    "accountfile": ("account statement", ("view", "add")),
    "accountmovement": ("account movement", ("view",)),
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
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename=f"{action}_{model}",
        content_type=content_type,
        defaults={"name": f"Can {action} {words}"},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [("billing", "0056_account_files")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
