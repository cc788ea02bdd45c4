"""Keys over (object, channel): what an object points at belongs to its own channel, whatever code wrote the row.

Django has no foreign keys of several columns; these stand in place of its plain ones (`db_constraint=False`).

A foreign key is checked for each row, which is a third of the time of a million BINs. Theirs is therefore made of
triggers that look once a statement at each card that it names; tests/payments/test_constraints.py holds them to
what a foreign key promises. They are no pgtrigger ones: those can be switched off by a setting.
"""

from django.db import migrations

# table, its columns, the table pointed at, constraint
KEYS = [
    ("payments_card", "bank_id, channel_id", "payments_bank", "payments_card_bank_in_channel"),
    ("payments_card", "card_type_id, channel_id", "payments_cardtype", "payments_card_type_in_channel"),
    ("payments_card", "cash_payment_id, channel_id", "payments_pos", "payments_card_cash_pos_in_channel"),
    ("payments_card", "installment_payment_id, channel_id", "payments_pos", "payments_card_installment_pos_in_channel"),
    ("payments_card", "three_d_payment_id, channel_id", "payments_pos", "payments_card_three_d_pos_in_channel"),
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


BIN_GUARD = """
    CREATE FUNCTION payments_binnumber_card_in_channel() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        pair record;
    BEGIN
        FOR pair IN SELECT DISTINCT card_id, channel_id FROM written ORDER BY card_id, channel_id LOOP
            -- Waits for whoever deletes the card just now, and keeps others from it until we commit.
            PERFORM FROM payments_card WHERE id = pair.card_id AND channel_id = pair.channel_id FOR KEY SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'channel % has no card %', pair.channel_id, pair.card_id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payments_binnumber_card_in_channel',
                      TABLE = 'payments_binnumber';
            END IF;
        END LOOP;
        RETURN NULL;
    END $$;

    CREATE TRIGGER payments_binnumber_card_in_channel_insert AFTER INSERT ON payments_binnumber
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payments_binnumber_card_in_channel();

    CREATE TRIGGER payments_binnumber_card_in_channel_update AFTER UPDATE ON payments_binnumber
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payments_binnumber_card_in_channel();

    CREATE FUNCTION payments_card_keeps_bins() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        used boolean;
    BEGIN
        -- A snapshot older than our lock on the card would not show the BINs that came before the lock.
        IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
            RAISE EXCEPTION 'a card is deleted or renumbered at READ COMMITTED only'
            USING ERRCODE = 'feature_not_supported';
        END IF;
        IF TG_OP = 'TRUNCATE' THEN
            used := EXISTS (SELECT FROM payments_binnumber);
        ELSE
            used := EXISTS (SELECT FROM payments_binnumber WHERE card_id = OLD.id);
        END IF;
        IF used THEN
            RAISE EXCEPTION 'a card still has BINs'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payments_binnumber_card_in_channel',
                  TABLE = 'payments_binnumber';
        END IF;
        RETURN NULL;
    END $$;

    CREATE TRIGGER payments_card_keeps_bins_delete AFTER DELETE ON payments_card
    FOR EACH ROW EXECUTE FUNCTION payments_card_keeps_bins();

    CREATE TRIGGER payments_card_keeps_bins_update AFTER UPDATE ON payments_card
    FOR EACH ROW WHEN ((OLD.id, OLD.channel_id) IS DISTINCT FROM (NEW.id, NEW.channel_id))
    EXECUTE FUNCTION payments_card_keeps_bins();

    CREATE TRIGGER payments_card_keeps_bins_truncate AFTER TRUNCATE ON payments_card
    FOR EACH STATEMENT EXECUTE FUNCTION payments_card_keeps_bins();
"""
NO_BIN_GUARD = """
    DROP FUNCTION payments_binnumber_card_in_channel() CASCADE;
    DROP FUNCTION payments_card_keeps_bins() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS), migrations.RunSQL(BIN_GUARD, NO_BIN_GUARD)]
