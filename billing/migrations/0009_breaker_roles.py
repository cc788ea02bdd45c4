"""Everybody sees the circuit breakers; Administrator and Operator close them by hand."""

from django.db import migrations

SEE = {"view_circuitbreaker": "Can view circuit breaker"}
RESET = {"reset_circuitbreaker": "Can close circuit breakers by hand"}
GIVEN = {"Administrator": SEE | RESET, "Operator": SEE | RESET, "Finance": SEE, "Auditor": SEE}


def give(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="billing", model="circuitbreaker"
    )
    for role, permissions in GIVEN.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for codename, name in permissions.items():
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                codename=codename, content_type=content_type, defaults={"name": name}
            )
            group.permissions.add(permission)


def take(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="billing", content_type__model="circuitbreaker"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GIVEN):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_isolation")]
    operations = [migrations.RunPython(give, take)]
