from django.db import migrations, models

CODENAME, NAME = "allocate_payment", "Can allocate payments to bills and remove allocations"
ROLES = ("Administrator", "Finance")
PERMISSIONS = [
    ("refund_payment", "Can refund and void payments"),
    ("approve_refund", "Can approve refunds requested by others"),
    ("reconcile_payment", "Can query the bank about payments"),
    ("settle_payment", "Can settle payments manually"),
    (CODENAME, NAME),
]


def give(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="billing", model="payment"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename=CODENAME, content_type=content_type, defaults={"name": NAME}
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("billing", "0015_permission_names")]
    operations = [
        migrations.AlterModelOptions(
            name="payment",
            options={
                "ordering": ["-created_date", "-pk"],
                "permissions": PERMISSIONS,
                "verbose_name": "Payment",
                "verbose_name_plural": "Payments",
            },
        ),
        migrations.AddField(
            model_name="allocation",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=500, verbose_name="Reason"),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
