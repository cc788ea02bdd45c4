"""What the roles of payments.0003_roles may do in the vault: cards and the log are read only, by everybody."""

from django.db import migrations

WRITE, READ = ("view", "add", "change", "delete"), ("view",)
MANAGED, SHOWN = ("merchant", "apikey"), ("storedcard", "accesslog")
ROLES = {"Administrator": WRITE, "Operator": WRITE, "Auditor": READ}


def give(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for role, actions in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for model in MANAGED + SHOWN:
            for action in actions if model in MANAGED else READ:
                group.permissions.add(_permission(apps, action, model, f"Can {action} {model}"))
        if "change" in actions:
            group.permissions.add(
                _permission(apps, "renew", "storedcard", "Can give stored cards new unique codes")
            )


def take(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(*Permission.objects.filter(content_type__app_label="vault"))


def _permission(apps, action, model, name):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="vault", model=model
    )
    return apps.get_model("auth", "Permission").objects.get_or_create(
        codename=f"{action}_{model}", content_type=content_type, defaults={"name": name}
    )[0]


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial"), ("payments", "0003_roles")]
    operations = [migrations.RunPython(give, take)]
