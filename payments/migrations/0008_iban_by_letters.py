"""IBANs are one by their letters and digits: upper and lower case, blanks and hyphens do not make another account.

Accounts that were the same already keep both rows, because transfers of the past name them: one of them (an active one
before others, the oldest first) keeps its IBAN; the others are switched off and get ` (duplicate <id> of <id>)` behind
it.
The history shows the change.
"""

from django.db import migrations, models

import payments.models.bank

MARK_DUPLICATES = r"""
    SET CONSTRAINTS ALL IMMEDIATE;
    WITH compared AS (
        SELECT id, ' (duplicate ' || id || ' of ' || first_value(id) OVER same || ')' AS mark, first_value(id) OVER same AS kept
        FROM payments_bankaccount
        WINDOW same AS (
            PARTITION BY channel_id, UPPER(REGEXP_REPLACE(iban, '[^0-9A-Za-z]', '', 'g') COLLATE "C")
            ORDER BY is_active DESC, id
        )
    )
    UPDATE payments_bankaccount AS account
    SET iban = left(account.iban, 64 - length(mark)) || mark, is_active = FALSE, modified_date = now()
    FROM compared WHERE compared.id = account.id AND compared.kept <> account.id;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [("payments", "0007_approved_pos")]

    operations = [
        migrations.AlterField(
            model_name="bankaccount",
            name="iban",
            field=payments.models.bank.IbanField(max_length=64, verbose_name="IBAN"),
        ),
        migrations.AlterField(
            model_name="bankaccountevent",
            name="iban",
            field=payments.models.bank.IbanField(max_length=64, verbose_name="IBAN"),
        ),
        migrations.RemoveConstraint(model_name="bankaccount", name="payments_bankaccount_iban_channel"),
        migrations.RunSQL(MARK_DUPLICATES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                payments.models.bank.CompactIban("iban"),
                models.F("channel"),
                name="payments_bankaccount_iban_channel",
                violation_error_message="This value is already used in the channel.",
            ),
        ),
    ]
