"""Administrators and auditors read the audit log."""

from django.db import migrations


def give(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="audit", model="entry"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename="view_entry", content_type=content_type, defaults={"name": "Can view Entry of the audit log"}
    )
    for role in ("Administrator", "Auditor"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
