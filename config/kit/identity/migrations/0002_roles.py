"""Everybody sees what waits for a second person; Administrators decide on it."""

from django.db import migrations

SEE = {"view_configurationchange": "Can view Change of the configuration"}
DECIDE = {"approve_configurationchange": "Can approve configuration changes of others"}
GIVEN = {"Administrator": SEE | DECIDE, "Operator": SEE, "Finance": SEE, "Auditor": SEE}


def give(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="identity", model="configurationchange"
    )
    for role, permissions in GIVEN.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for codename, name in permissions.items():
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                codename=codename, content_type=content_type, defaults={"name": name}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
