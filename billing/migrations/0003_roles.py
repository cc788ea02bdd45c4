"""What the roles of payments.0003_roles may do with what is owed."""

from django.db import migrations

OWED = ("account", "subscription", "bill")
WRITE = ("view", "add", "change", "delete")
ROLES = {"Administrator": WRITE, "Operator": WRITE, "Finance": WRITE, "Auditor": ("view",)}


def give(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, actions in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for model in OWED:
            content_type, _ = ContentType.objects.get_or_create(app_label="billing", model=model)
            for action in actions:
                group.permissions.add(
                    Permission.objects.get_or_create(
                        codename=f"{action}_{model}",
                        content_type=content_type,
                        defaults={"name": f"Can {action} {model}"},
                    )[0]
                )


def take(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(
            *Permission.objects.filter(content_type__app_label="billing", content_type__model__in=OWED)
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_numbers"), ("payments", "0003_roles")]
    operations = [migrations.RunPython(give, take)]
