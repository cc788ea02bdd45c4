"""What the roles may do with payment methods and with who adds them. Methods are switched off, never deleted."""

from django.db import migrations

WRITE = ("view", "add", "change", "delete")
KEEP = ("view", "add", "change")
ROLES = {
    "Administrator": {
        "tenant": WRITE, "sourcesystem": WRITE, "billingaddress": WRITE, "paymentmethod": KEEP, "methodevent": ("view",),
    },
    "Operator": {
        "tenant": WRITE, "sourcesystem": WRITE, "billingaddress": WRITE, "paymentmethod": KEEP, "methodevent": ("view",),
    },
    "Finance": {
        "tenant": ("view",), "sourcesystem": ("view",), "billingaddress": WRITE, "paymentmethod": KEEP,
        "methodevent": ("view",),
    },
    "Auditor": {
        "tenant": ("view",), "sourcesystem": ("view",), "billingaddress": ("view",), "paymentmethod": ("view",),
        "methodevent": ("view",),
    },
}  # fmt: skip


def give(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, models in ROLES.items():
        group = Group.objects.get(name=role)
        for model, actions in models.items():
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
            *Permission.objects.filter(
                content_type__app_label="billing", content_type__model__in=ROLES["Administrator"]
            )
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_payment_methods")]
    operations = [migrations.RunPython(give, take)]
