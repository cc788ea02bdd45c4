"""Administrators and auditors see the sessions and keys of all users; everybody sees his own."""

from django.db import migrations


def give(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="identity", model="login"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename="view_login", content_type=content_type, defaults={"name": "Can view Session or key"}
    )
    for role in ("Administrator", "Auditor"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_end_logins")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
