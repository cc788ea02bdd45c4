"""Sequences for the numbers that nobody gives. They begin where numbers of older systems seldom are."""

from django.db import migrations

FIRST = 1_000_000_000
SEQUENCES = {"billing_subscription": "bigint", "billing_bill": "integer"}


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"CREATE SEQUENCE {table}_number_seq AS {kind} START {FIRST} OWNED BY {table}.number",
            f"DROP SEQUENCE {table}_number_seq",
        )
        for table, kind in SEQUENCES.items()
    ]
