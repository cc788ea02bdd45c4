"""Everything that is at rest."""

from pathlib import Path

from django.apps import apps
from django.db import connection

from config.kit.lib.encryption import EncryptedJSONField


def everything() -> str:
    """Each row of each table as text: what a dump holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        texts = []
        for table in tables:
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            texts += [row[0] for row in cursor.fetchall()]
    return "\n".join(texts)


def decrypted() -> str:
    """What the encrypted columns hold."""
    values = []
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedJSONField)]
        if names:
            rows = model._default_manager.all()
            values += [str([getattr(row, name) for name in names]) for row in rows]
    return "\n".join(values)


def files_below(folder: Path) -> str:
    """Names and contents of all files."""
    return "\n".join(
        f"{path} {path.read_bytes().decode('latin-1')}" for path in folder.rglob("*") if path.is_file()
    )
