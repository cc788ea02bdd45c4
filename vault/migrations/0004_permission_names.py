"""Names of permissions. Django does not change them once the permissions exist."""

from django.db import migrations


def rename(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="vault")
    permissions.filter(codename="renew_storedcard").update(name="Can renew the unique codes of stored cards")


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_labels")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
