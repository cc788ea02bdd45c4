"""Labels and help texts. The database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0013_late_money'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='circuitbreaker',
            options={'ordering': ['pos'], 'permissions': [('reset_circuitbreaker', 'Can close circuit breakers manually')], 'verbose_name': 'Circuit breaker', 'verbose_name_plural': 'Circuit breakers'},
        ),
        migrations.AlterField(
            model_name='exchangerate',
            name='rate',
            field=models.DecimalField(decimal_places=8, help_text='Value of one unit in the second currency.', max_digits=18, verbose_name='Rate'),
        ),
        migrations.AlterField(
            model_name='settlement',
            name='decision_note',
            field=models.CharField(blank=True, default='', max_length=500, verbose_name='Decision note'),
        ),
    ]
