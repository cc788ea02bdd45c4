"""What the roles may see and do on the desk: payments, refunds, the inbox and cases."""

from django.db import migrations

SEE = (
    ("payment", "view_payment", "Can view Payment"),
    ("refund", "view_refund", "Can view Refund"),
    ("callback", "view_callback", "Can view Callback"),
    ("case", "view_case", "Can view Case"),
)
ASK = (("payment", "reconcile_payment", "Can ask the bank about payments"),)
MOVE = (
    ("payment", "refund_payment", "Can refund and void payments"),
    ("payment", "approve_refund", "Can approve refunds of others"),
    ("payment", "settle_payment", "Can settle payments in doubt by hand"),
    ("case", "change_case", "Can change Case"),
)
ROLES = {"Administrator": SEE + ASK + MOVE, "Finance": SEE + ASK + MOVE, "Operator": SEE + ASK, "Auditor": SEE}


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
    dependencies = [("billing", "0004_desk")]
    operations = [migrations.RunPython(give, take)]
