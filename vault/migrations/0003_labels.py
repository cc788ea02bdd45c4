"""Labels and help texts. The database does not change."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0002_roles'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='storedcard',
            options={'ordering': ['pk'], 'permissions': [('renew_storedcard', 'Can renew the unique codes of stored cards')], 'verbose_name': 'Stored card', 'verbose_name_plural': 'Stored cards'},
        ),
        migrations.AlterField(
            model_name='accesslog',
            name='action',
            field=models.CharField(choices=[('save', 'Save'), ('list', 'List'), ('update', 'Change expiry'), ('delete', 'Delete'), ('refuse', 'Rejected key'), ('new_code', 'New unique code'), ('look', 'View in the admin'), ('export', 'Export from the admin'), ('retention', 'Removal by retention')], max_length=16, verbose_name='Action'),
        ),
        migrations.AlterField(
            model_name='apikey',
            name='allowed_addresses',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=43), blank=True, default=list, help_text='IP addresses or networks (192.0.2.0/24), separated by commas. Leave empty to allow all.', size=None, verbose_name='Allowed addresses'),
        ),
        migrations.AlterField(
            model_name='apikey',
            name='expires_at',
            field=models.DateTimeField(blank=True, help_text='Leave empty if the key does not expire.', null=True, verbose_name='Expires at'),
        ),
        migrations.AlterField(
            model_name='apikeyevent',
            name='allowed_addresses',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=43), blank=True, default=list, help_text='IP addresses or networks (192.0.2.0/24), separated by commas. Leave empty to allow all.', size=None, verbose_name='Allowed addresses'),
        ),
        migrations.AlterField(
            model_name='apikeyevent',
            name='expires_at',
            field=models.DateTimeField(blank=True, help_text='Leave empty if the key does not expire.', null=True, verbose_name='Expires at'),
        ),
    ]
