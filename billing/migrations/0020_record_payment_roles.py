"""Finance and Administrators may record money received outside, which the right to pay included until now."""

from django.db import migrations


def give(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="billing", model="payment"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename="record_payment",
        content_type=content_type,
        defaults={"name": "Can record money received outside"},
    )
    for role in ("Administrator", "Finance"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("billing", "0019_record_payment")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
