import config.kit.lib.encryption
from django.db import migrations


class Migration(migrations.Migration):
    """The state only: a version's ciphertext is bound to its POS."""

    dependencies = [
        ('payments', '0008_iban_by_letters'),
    ]

    operations = [
        migrations.AlterField(
            model_name='posversion',
            name='secret_config',
            field=config.kit.lib.encryption.EncryptedJSONField(copy_of='pos', default=dict, editable=False),
        ),
    ]
