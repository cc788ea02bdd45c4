"""Roles as groups: administrator, operator (configuration), finance, auditor (reads everything, writes nothing)."""

from django.db import migrations

CONFIGURATION = (
    "channel pos bank bankaccount cardtype card multicurrencycard binnumber installment paymentoption".split()
)
ROLES = {
    "Administrator": ("view", "add", "change", "delete"),
    "Operator": ("view", "add", "change", "delete"),
    "Finance": ("view",),
    "Auditor": ("view",),
}


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")

    def permission(app, model, codename, name):
        content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        return Permission.objects.get_or_create(
            codename=codename, content_type=content_type, defaults={"name": name}
        )[0]

    for role, actions in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for model in CONFIGURATION:
            for action in actions:
                group.permissions.add(permission("payments", model, f"{action}_{model}", f"Can {action} {model}"))
        if role in ("Administrator", "Auditor"):
            people_actions = actions if role == "Administrator" else ("view",)
            for model in ("user", "group"):
                for action in people_actions:
                    group.permissions.add(permission("auth", model, f"{action}_{model}", f"Can {action} {model}"))
        if role == "Administrator":
            group.permissions.add(
                permission("payments", "pos", "view_pos_secrets", "Can see the secrets of a POS")
            )


def drop_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_one_channel"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, drop_roles)]
