"""Labels and help texts. The database does not change."""

import django.core.validators
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_fallback_pos'),
    ]

    operations = [
        migrations.AlterField(
            model_name='installment',
            name='interest_rate',
            field=models.DecimalField(decimal_places=6, help_text='Percentage added to the amount: 2.5 turns 100.00 into 102.50.', max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='Interest rate'),
        ),
        migrations.AlterField(
            model_name='installmentevent',
            name='interest_rate',
            field=models.DecimalField(decimal_places=6, help_text='Percentage added to the amount: 2.5 turns 100.00 into 102.50.', max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='Interest rate'),
        ),
    ]
