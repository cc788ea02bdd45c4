"""Labels and help texts. The database does not change."""

import billing.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0011_masked_card'),
        ('payments', '0006_labels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='payment',
            options={'ordering': ['-created_date', '-pk'], 'permissions': [('refund_payment', 'Can refund and void payments'), ('approve_refund', 'Can approve refunds requested by others'), ('reconcile_payment', 'Can query the bank about payments'), ('settle_payment', 'Can settle payments manually')], 'verbose_name': 'Payment', 'verbose_name_plural': 'Payments'},
        ),
        migrations.AlterField(
            model_name='account',
            name='email',
            field=models.EmailField(blank=True, default='', max_length=254, verbose_name='Email'),
        ),
        migrations.AlterField(
            model_name='accountevent',
            name='email',
            field=models.EmailField(blank=True, default='', max_length=254, verbose_name='Email'),
        ),
        migrations.AlterField(
            model_name='apiclient',
            name='scopes',
            field=models.CharField(default='read', help_text='Scopes that it can request: read, pay, refund, hub.', max_length=200, verbose_name='Scopes'),
        ),
        migrations.AlterField(
            model_name='apiclient',
            name='user',
            field=models.ForeignKey(help_text='Payments and refunds of the client are recorded under this user.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='User'),
        ),
        migrations.AlterField(
            model_name='bill',
            name='closed_reason',
            field=models.CharField(blank=True, default='', editable=False, max_length=500, verbose_name='Reason for closing'),
        ),
        migrations.AlterField(
            model_name='bill',
            name='number',
            field=models.IntegerField(blank=True, help_text='Leave empty to assign the next free number.', verbose_name='Number'),
        ),
        migrations.AlterField(
            model_name='billevent',
            name='closed_reason',
            field=models.CharField(blank=True, default='', editable=False, max_length=500, verbose_name='Reason for closing'),
        ),
        migrations.AlterField(
            model_name='billevent',
            name='number',
            field=models.IntegerField(blank=True, help_text='Leave empty to assign the next free number.', verbose_name='Number'),
        ),
        migrations.AlterField(
            model_name='billingaddress',
            name='number',
            field=models.BigIntegerField(blank=True, help_text='Leave empty to assign the next free number.', verbose_name='Number'),
        ),
        migrations.AlterField(
            model_name='billingaddressevent',
            name='number',
            field=models.BigIntegerField(blank=True, help_text='Leave empty to assign the next free number.', verbose_name='Number'),
        ),
        migrations.AlterField(
            model_name='callback',
            name='remote_address',
            field=models.GenericIPAddressField(null=True, verbose_name='IP address'),
        ),
        migrations.AlterField(
            model_name='callback',
            name='verdict',
            field=models.CharField(choices=[('received', 'Received'), ('accepted', 'Accepted'), ('refused', 'Declined by the bank'), ('duplicate', 'Duplicate'), ('late', 'Late'), ('forged', 'Not authentic'), ('mismatch', 'Mismatch'), ('unreadable', 'Unreadable'), ('stray', 'Unknown payment'), ('interrupted', 'Not processed')], default='received', max_length=16, verbose_name='Verdict'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='last_status',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='Last response'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('dead', 'Failed'), ('skipped', 'Filtered out')], default='waiting', max_length=16, verbose_name='State'),
        ),
        migrations.AlterField(
            model_name='eventsubscription',
            name='callback',
            field=models.URLField(max_length=2000, verbose_name='Callback URL'),
        ),
        migrations.AlterField(
            model_name='methodevent',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, help_text='Number of attempts to close the event.', verbose_name='Attempts'),
        ),
        migrations.AlterField(
            model_name='methodevent',
            name='reference',
            field=models.CharField(blank=True, default='', help_text='ID of the request, or expiry date of the card.', max_length=64, verbose_name='Reference'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='checks',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='Status queries'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='fee_amount',
            field=billing.models.fields.AmountField(decimal_places=4, default=0, help_text='Installment interest, included in the amount.', max_digits=18, verbose_name='Fee'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='item_id',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='Item ID'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='next_check_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='Next status query at'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='order_id',
            field=models.CharField(editable=False, max_length=32, verbose_name='Order ID'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='payer_ip',
            field=models.GenericIPAddressField(null=True, verbose_name="Payer's IP address"),
        ),
        migrations.AlterField(
            model_name='payment',
            name='pos',
            field=models.ForeignKey(help_text='Empty for money received outside.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='payments.pos', verbose_name='POS'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='state',
            field=models.CharField(choices=[('created', 'Created'), ('pending_3d', 'Waiting for 3-D Secure'), ('processing', 'Processing'), ('unknown', 'Outcome unknown'), ('captured', 'Captured'), ('partially_refunded', 'Partially refunded'), ('refunded', 'Refunded'), ('voided', 'Voided'), ('declined', 'Declined'), ('failed', 'Failed')], default='created', editable=False, max_length=24, verbose_name='State'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='transaction_id',
            field=models.CharField(blank=True, db_index=True, default='', max_length=128, verbose_name='Transaction ID'),
        ),
        migrations.AlterField(
            model_name='paymentattempt',
            name='bank_text',
            field=models.CharField(blank=True, default='', max_length=500, verbose_name='Bank message'),
        ),
        migrations.AlterField(
            model_name='paymentattempt',
            name='operation',
            field=models.CharField(choices=[('sale', 'Sale'), ('start_three_d', '3-D Secure started'), ('callback', '3-D Secure callback'), ('complete_three_d', '3-D Secure completed'), ('void', 'Void'), ('refund', 'Refund'), ('status', 'Status query'), ('person', 'Settled manually'), ('received', 'Received outside'), ('returned', 'Refunded outside')], max_length=24, verbose_name='Operation'),
        ),
        migrations.AlterField(
            model_name='paymentattempt',
            name='raw_code',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='Bank code'),
        ),
        migrations.AlterField(
            model_name='paymentclientreferences',
            name='correlator_id',
            field=models.CharField(blank=True, db_collation='C', default='', max_length=255, verbose_name='Correlator ID'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='checks',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='Status queries'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='fee_amount',
            field=billing.models.fields.AmountField(decimal_places=4, default=0, help_text='Installment interest, included in the amount.', max_digits=18, verbose_name='Fee'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='item_id',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='Item ID'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='next_check_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='Next status query at'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='order_id',
            field=models.CharField(editable=False, max_length=32, verbose_name='Order ID'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='payer_ip',
            field=models.GenericIPAddressField(null=True, verbose_name="Payer's IP address"),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='pos',
            field=models.ForeignKey(db_constraint=False, db_index=False, help_text='Empty for money received outside.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='payments.pos', verbose_name='POS'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='state',
            field=models.CharField(choices=[('created', 'Created'), ('pending_3d', 'Waiting for 3-D Secure'), ('processing', 'Processing'), ('unknown', 'Outcome unknown'), ('captured', 'Captured'), ('partially_refunded', 'Partially refunded'), ('refunded', 'Refunded'), ('voided', 'Voided'), ('declined', 'Declined'), ('failed', 'Failed')], default='created', editable=False, max_length=24, verbose_name='State'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='transaction_id',
            field=models.CharField(blank=True, default='', max_length=128, verbose_name='Transaction ID'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='card_owner',
            field=models.CharField(blank=True, default='', help_text="If it differs from the holder's name.", max_length=200, verbose_name='Name on the card'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='external_id',
            field=models.CharField(blank=True, default='', help_text='ID in another system.', max_length=128, verbose_name='External ID'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='gateway',
            field=models.CharField(blank=True, default='', help_text='Short name of the gateway that issued the token.', max_length=32, verbose_name='Gateway'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='gateway_customer_id',
            field=models.CharField(blank=True, default='', max_length=128, verbose_name='Gateway customer ID'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='is_default',
            field=models.BooleanField(default=False, help_text='Payments of the account are charged to its default method.', verbose_name='Is default'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='masked_card',
            field=models.CharField(blank=True, default='', help_text='Masked, for example 411111******1111.', max_length=19, verbose_name='Card number'),
        ),
        migrations.AlterField(
            model_name='paymentmethod',
            name='subscription',
            field=models.ForeignKey(blank=True, help_text='The subscription that it was added for.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payment_methods', to='billing.subscription', verbose_name='Subscription'),
        ),
        migrations.AlterField(
            model_name='paymentmethodevent',
            name='card_owner',
            field=models.CharField(blank=True, default='', help_text="If it differs from the holder's name.", max_length=200, verbose_name='Name on the card'),
        ),
        migrations.AlterField(
            model_name='paymentmethodevent',
            name='external_id',
            field=models.CharField(blank=True, default='', help_text='ID in another system.', max_length=128, verbose_name='External ID'),
        ),
        migrations.AlterField(
            model_name='paymentmethodevent',
            name='gateway',
            field=models.CharField(blank=True, default='', help_text='Short name of the gateway that issued the token.', max_length=32, verbose_name='Gateway'),
        ),
        migrations.AlterField(
            model_name='paymentmethodevent',
            name='gateway_customer_id',
            field=models.CharField(blank=True, default='', max_length=128, verbose_name='Gateway customer ID'),
        ),
        migrations.AlterField(
            model_name='paymentmethodevent',
            name='is_default',
            field=models.BooleanField(default=False, help_text='Payments of the account are charged to its default method.', verbose_name='Is default'),
        ),
        migrations.AlterField(
            model_name='paymentmethodevent',
            name='masked_card',
            field=models.CharField(blank=True, default='', help_text='Masked, for example 411111******1111.', max_length=19, verbose_name='Card number'),
        ),
        migrations.AlterField(
            model_name='paymentmethodevent',
            name='subscription',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The subscription that it was added for.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='billing.subscription', verbose_name='Subscription'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='decision_note',
            field=models.CharField(blank=True, default='', max_length=500, verbose_name='Decision note'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting for approval'), ('scheduled', 'Scheduled'), ('processing', 'Processing'), ('unknown', 'Outcome unknown'), ('done', 'Done'), ('declined', 'Declined'), ('rejected', 'Rejected')], editable=False, max_length=16, verbose_name='State'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='transaction_id',
            field=models.CharField(blank=True, default='', max_length=128, verbose_name='Transaction ID'),
        ),
        migrations.AlterField(
            model_name='refundclientreferences',
            name='correlator_id',
            field=models.CharField(blank=True, db_collation='C', default='', max_length=255, verbose_name='Correlator ID'),
        ),
        migrations.AlterField(
            model_name='refundevent',
            name='decision_note',
            field=models.CharField(blank=True, default='', max_length=500, verbose_name='Decision note'),
        ),
        migrations.AlterField(
            model_name='refundevent',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting for approval'), ('scheduled', 'Scheduled'), ('processing', 'Processing'), ('unknown', 'Outcome unknown'), ('done', 'Done'), ('declined', 'Declined'), ('rejected', 'Rejected')], editable=False, max_length=16, verbose_name='State'),
        ),
        migrations.AlterField(
            model_name='refundevent',
            name='transaction_id',
            field=models.CharField(blank=True, default='', max_length=128, verbose_name='Transaction ID'),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='number',
            field=models.BigIntegerField(blank=True, help_text='Leave empty to assign the next free number.', verbose_name='Number'),
        ),
        migrations.AlterField(
            model_name='subscriptionevent',
            name='number',
            field=models.BigIntegerField(blank=True, help_text='Leave empty to assign the next free number.', verbose_name='Number'),
        ),
        migrations.AlterField(
            model_name='tenant',
            name='configuration',
            field=models.JSONField(blank=True, help_text='{"payment_gateway": "…"}: short name of the gateway whose tokens its sites send.', null=True, verbose_name='Configuration'),
        ),
        migrations.AlterField(
            model_name='tenantevent',
            name='configuration',
            field=models.JSONField(blank=True, help_text='{"payment_gateway": "…"}: short name of the gateway whose tokens its sites send.', null=True, verbose_name='Configuration'),
        ),
    ]
