from config.kit.lib.folding import CREATE_SEARCH_WORDS, DROP_SEARCH_WORDS
from django.db import migrations


class Migration(migrations.Migration):
    """The function that indexes of names are made of (config/kit/lib/folding.py)."""

    dependencies = [
        ('payments', '0010_versions_copy_secrets'),
    ]

    operations = [
        migrations.RunSQL(CREATE_SEARCH_WORDS, DROP_SEARCH_WORDS),
    ]
