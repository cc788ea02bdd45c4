"""Names of permissions. Django does not change them once the permissions exist."""

from django.db import migrations

NAMES = {
    "approve_refund": "Can approve refunds requested by others",
    "reconcile_payment": "Can query the bank about payments",
    "settle_payment": "Can settle payments manually",
    "reset_circuitbreaker": "Can close circuit breakers manually",
}


def rename(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="billing")
    for codename, name in NAMES.items():
        permissions.filter(codename=codename).update(name=name)


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_more_labels")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
