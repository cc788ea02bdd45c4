"""What Django's models cannot say: keys of two columns, and sequences for the numbers that nobody gives."""

from django.db import migrations

# Where numbers of older systems seldom are.
FIRST = 1_000_000_000
SEQUENCES = {"billing_subscription": "bigint", "billing_bill": "integer", "billing_billingaddress": "bigint"}

# Keys over (object, account): what a payment method points at is of its own account, whatever code wrote the row.
TARGETS = {"billing_address": "billing_billingaddress", "subscription": "billing_subscription"}
KEYS = "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_id_account UNIQUE (id, account_id);"
    f"ALTER TABLE billing_paymentmethod ADD CONSTRAINT billing_paymentmethod_{name}_of_account "
    f"FOREIGN KEY ({name}_id, account_id) REFERENCES {table} (id, account_id) DEFERRABLE INITIALLY IMMEDIATE;"
    for name, table in TARGETS.items()
)
NO_KEYS = "".join(
    f"ALTER TABLE billing_paymentmethod DROP CONSTRAINT billing_paymentmethod_{name}_of_account;"
    f"ALTER TABLE {table} DROP CONSTRAINT {table}_id_account;"
    for name, table in TARGETS.items()
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(KEYS, NO_KEYS),
        *(
            migrations.RunSQL(
                f"CREATE SEQUENCE {table}_number_seq AS {kind} START {FIRST} OWNED BY {table}.number",
                f"DROP SEQUENCE {table}_number_seq",
            )
            for table, kind in SEQUENCES.items()
        ),
    ]
