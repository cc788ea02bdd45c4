"""What the roles of payments.0003_roles may do with what is owed, and with the money that moves."""

from django.db import migrations

WRITE = ("view", "add", "change", "delete")
KEEP = ("view", "add", "change")  # switched off, never deleted
VIEW = ("view",)
NONE = ()
ROLES = ("Administrator", "Operator", "Finance", "Auditor")
ACTIONS = {
    "account": (WRITE, WRITE, WRITE, VIEW),
    "subscription": (WRITE, WRITE, WRITE, VIEW),
    "bill": (WRITE, WRITE, WRITE, VIEW),
    "payment": (VIEW, VIEW, VIEW, VIEW),
    "refund": (VIEW, VIEW, VIEW, VIEW),
    "callback": (VIEW, VIEW, VIEW, VIEW),
    "case": (("view", "change"), VIEW, ("view", "change"), VIEW),
    "tenant": (WRITE, WRITE, VIEW, VIEW),
    "sourcesystem": (WRITE, WRITE, VIEW, VIEW),
    "billingaddress": (WRITE, WRITE, WRITE, VIEW),
    "paymentmethod": (KEEP, KEEP, KEEP, VIEW),
    "methodevent": (VIEW, VIEW, VIEW, VIEW),
    "eventsubscription": (KEEP, KEEP, VIEW, VIEW),
    "delivery": (("view", "change"), ("view", "change"), VIEW, VIEW),
    "apiclient": (KEEP, NONE, VIEW, VIEW),
}
"""For each model, what the roles may do, in their order."""

RECONCILE = {"reconcile_payment": "Can ask the bank about payments"}
MONEY = {
    "refund_payment": "Can refund and void payments",
    "approve_refund": "Can approve refunds of others",
    "settle_payment": "Can settle payments in doubt by hand",
}
ON_PAYMENTS = (RECONCILE | MONEY, RECONCILE, RECONCILE | MONEY, {})


def give(apps, schema_editor):
    for place, role in enumerate(ROLES):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for model, actions in ACTIONS.items():
            for action in actions[place]:
                group.permissions.add(_permission(apps, model, f"{action}_{model}", f"Can {action} {model}"))
        for codename, name in ON_PAYMENTS[place].items():
            group.permissions.add(_permission(apps, "payment", codename, name))


def _permission(apps, model, codename, name):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="billing", model=model
    )
    return apps.get_model("auth", "Permission").objects.get_or_create(
        codename=codename, content_type=content_type, defaults={"name": name}
    )[0]


def take(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.remove(*Permission.objects.filter(content_type__app_label="billing"))


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_keys_and_numbers"), ("payments", "0003_roles")]
    operations = [migrations.RunPython(give, take)]
