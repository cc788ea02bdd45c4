"""Keys over (object, channel): what an object points at belongs to its own channel, whatever code wrote the row.

Django has no foreign keys of several columns; these stand in place of its plain ones (`db_constraint=False`).
"""

from django.db import migrations

# table, its columns, the table pointed at, constraint
KEYS = [
    ("payments_card", "bank_id, channel_id", "payments_bank", "payments_card_bank_in_channel"),
    ("payments_card", "card_type_id, channel_id", "payments_cardtype", "payments_card_type_in_channel"),
    ("payments_card", "cash_payment_id, channel_id", "payments_pos", "payments_card_cash_pos_in_channel"),
    ("payments_card", "installment_payment_id, channel_id", "payments_pos", "payments_card_installment_pos_in_channel"),
    ("payments_card", "three_d_payment_id, channel_id", "payments_pos", "payments_card_three_d_pos_in_channel"),
    ("payments_binnumber", "card_id, channel_id", "payments_card", "payments_binnumber_card_in_channel"),
    ("payments_bankaccount", "bank_id, channel_id", "payments_bank", "payments_bankaccount_bank_in_channel"),
    ("payments_channel", "default_card_id, id", "payments_card", "payments_channel_default_card_in_channel"),
]
TARGETS = ["payments_bank", "payments_cardtype", "payments_pos", "payments_card"]

FORWARDS = [f"ALTER TABLE {table} ADD CONSTRAINT {table}_id_channel UNIQUE (id, channel_id);" for table in TARGETS] + [
    f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {target} (id, channel_id) "
    "DEFERRABLE INITIALLY IMMEDIATE;"
    for table, columns, target, name in KEYS
]
BACKWARDS = [f"ALTER TABLE {table} DROP CONSTRAINT {name};" for table, _, _, name in KEYS] + [
    f"ALTER TABLE {table} DROP CONSTRAINT {table}_id_channel;" for table in TARGETS
]


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
