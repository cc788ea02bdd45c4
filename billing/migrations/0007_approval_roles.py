"""Who sees and decides manual settlements, and who keeps the exchange rates that limits are counted in."""

from django.db import migrations

VIEW, KEEP = ("view",), ("view", "add")
ROLES = {
    "Administrator": {"settlement": VIEW, "exchangerate": KEEP},
    "Operator": {"settlement": VIEW, "exchangerate": VIEW},
    "Finance": {"settlement": VIEW, "exchangerate": KEEP},
    "Auditor": {"settlement": VIEW, "exchangerate": VIEW},
}


def give(apps, schema_editor):
    for role, models in ROLES.items():
        group = apps.get_model("auth", "Group").objects.get(name=role)
        for model, actions in models.items():
            content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
                app_label="billing", model=model
            )
            for action in actions:
                permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                    codename=f"{action}_{model}",
                    content_type=content_type,
                    defaults={"name": f"Can {action} {model}"},
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_approvals")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
