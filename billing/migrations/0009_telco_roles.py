"""What the roles may see and do with the programs of telcos, listeners and deliveries."""

from django.db import migrations

SEE = (
    ("eventsubscription", "view_eventsubscription", "Can view Event subscription"),
    ("delivery", "view_delivery", "Can view Delivery"),
    ("apiclient", "view_apiclient", "Can view API client"),
)
KEEP = (
    ("eventsubscription", "add_eventsubscription", "Can add Event subscription"),
    ("eventsubscription", "change_eventsubscription", "Can change Event subscription"),
    ("delivery", "change_delivery", "Can change Delivery"),
)
CLIENTS = (
    ("apiclient", "add_apiclient", "Can add API client"),
    ("apiclient", "change_apiclient", "Can change API client"),
)
ROLES = {"Administrator": SEE + KEEP + CLIENTS, "Finance": SEE, "Operator": SEE[:2] + KEEP, "Auditor": SEE}


def give(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, permissions in ROLES.items():
        group = Group.objects.get(name=role)
        for model, codename, name in permissions:
            content_type, _ = ContentType.objects.get_or_create(app_label="billing", model=model)
            group.permissions.add(
                Permission.objects.get_or_create(
                    codename=codename, content_type=content_type, defaults={"name": name}
                )[0]
            )


def take(apps, schema_editor):
    names = {codename for permissions in ROLES.values() for _model, codename, _name in permissions}
    Permission = apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(
            *Permission.objects.filter(content_type__app_label="billing", codename__in=names)
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_payments_for_telcos")]
    operations = [migrations.RunPython(give, take)]
