"""The default method of an account is a card: bank accounts and wallets can't be charged."""

from django.db import migrations

NO_DEFAULTS = "UPDATE billing_paymentmethod SET is_default = false WHERE is_default AND kind <> 1"


class Migration(migrations.Migration):
    dependencies = [("billing", "0022_case_about_no_payment")]
    operations = [migrations.RunSQL(NO_DEFAULTS, migrations.RunSQL.noop)]
