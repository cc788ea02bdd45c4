"""Administrators and auditors see which keys there are."""

from django.db import migrations


def give(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="keys", model="knownkey"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename="view_knownkey", content_type=content_type, defaults={"name": "Can view Encryption key"}
    )
    for role in ("Administrator", "Auditor"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
