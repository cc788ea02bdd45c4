"""Finance and Administrators load, match and close statements; Operators and Auditors look."""

from django.db import migrations

ADD = ("view", "add")
WRITE = ("view", "add", "change", "delete")
MODELS = {
    "statementlayout": ("statement layout", WRITE),
    "statement": ("statement", ADD),
    "statementline": ("statement line", ("view",)),
    "matchrule": ("matching rule", ("view", "add", "change")),
    "statementmatch": ("match", ("view", "add", "change")),
    "difference": ("difference", ("view", "change", "close")),
}
NAMES = {"close_difference": "Can close differences of statements and request write-offs"}


def give(apps, schema_editor):
    for role in ("Administrator", "Finance", "Operator", "Auditor"):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for model, (words, actions) in MODELS.items():
            given = actions if role in ("Administrator", "Finance") else ("view",)
            group.permissions.add(*(_permission(apps, model, words, action) for action in given))


def _permission(apps, model, words, action):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="billing", model=model
    )
    codename = f"{action}_{model}"
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        codename=codename,
        content_type=content_type,
        defaults={"name": NAMES.get(codename, f"Can {action} {words}")},
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [("billing", "0052_statements")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
