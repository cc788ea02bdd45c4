"""Methods that are stored already changed their status when they were changed last, as far as anybody knows.

Without the table's triggers: it is no change that anybody made.
"""

from django.db import migrations

FILL = """
    ALTER TABLE billing_paymentmethod DISABLE TRIGGER USER;
    UPDATE billing_paymentmethod SET status_date = modified_date;
    ALTER TABLE billing_paymentmethod ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0024_payment_methods_of_tmf670")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
