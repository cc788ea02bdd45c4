"""One name for masked card numbers: payments had it already."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0010_client_references'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='paymentmethod',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='paymentmethod',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='paymentmethod',
            name='delete_delete',
        ),
        migrations.RenameField(
            model_name='paymentmethod',
            old_name='card_mask',
            new_name='masked_card',
        ),
        migrations.RenameField(
            model_name='paymentmethodevent',
            old_name='card_mask',
            new_name='masked_card',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentmethod',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_paymentmethodevent" ("account_id", "bank_account_mask", "bank_account_type", "bank_name", "bank_routing_mask", "billing_address_id", "brand", "card_owner", "created_date", "expiry_month", "expiry_year", "external_id", "gateway", "gateway_customer_id", "gateway_token_mask", "holder_name", "id", "is_active", "is_default", "kind", "masked_card", "modified_date", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subscription_id") SELECT new_values."account_id", new_values."bank_account_mask", new_values."bank_account_type", new_values."bank_name", new_values."bank_routing_mask", new_values."billing_address_id", new_values."brand", new_values."card_owner", new_values."created_date", new_values."expiry_month", new_values."expiry_year", new_values."external_id", new_values."gateway", new_values."gateway_customer_id", new_values."gateway_token_mask", new_values."holder_name", new_values."id", new_values."is_active", new_values."is_default", new_values."kind", new_values."masked_card", new_values."modified_date", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."subscription_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6018865d01a8002bd6848a1206fb599aa3df27bf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ae0e2', referencing='REFERENCING NEW TABLE AS new_values ', table='billing_paymentmethod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentmethod',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_paymentmethodevent" ("account_id", "bank_account_mask", "bank_account_type", "bank_name", "bank_routing_mask", "billing_address_id", "brand", "card_owner", "created_date", "expiry_month", "expiry_year", "external_id", "gateway", "gateway_customer_id", "gateway_token_mask", "holder_name", "id", "is_active", "is_default", "kind", "masked_card", "modified_date", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subscription_id") SELECT new_values."account_id", new_values."bank_account_mask", new_values."bank_account_type", new_values."bank_name", new_values."bank_routing_mask", new_values."billing_address_id", new_values."brand", new_values."card_owner", new_values."created_date", new_values."expiry_month", new_values."expiry_year", new_values."external_id", new_values."gateway", new_values."gateway_customer_id", new_values."gateway_token_mask", new_values."holder_name", new_values."id", new_values."is_active", new_values."is_default", new_values."kind", new_values."masked_card", new_values."modified_date", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."subscription_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."account_id" IS DISTINCT FROM (new_values."account_id") OR old_values."bank_account_mask" IS DISTINCT FROM (new_values."bank_account_mask") OR old_values."bank_account_type" IS DISTINCT FROM (new_values."bank_account_type") OR old_values."bank_name" IS DISTINCT FROM (new_values."bank_name") OR old_values."bank_routing_mask" IS DISTINCT FROM (new_values."bank_routing_mask") OR old_values."billing_address_id" IS DISTINCT FROM (new_values."billing_address_id") OR old_values."brand" IS DISTINCT FROM (new_values."brand") OR old_values."card_owner" IS DISTINCT FROM (new_values."card_owner") OR old_values."created_date" IS DISTINCT FROM (new_values."created_date") OR old_values."expires_on" IS DISTINCT FROM (new_values."expires_on") OR old_values."expiry_month" IS DISTINCT FROM (new_values."expiry_month") OR old_values."expiry_year" IS DISTINCT FROM (new_values."expiry_year") OR old_values."external_id" IS DISTINCT FROM (new_values."external_id") OR old_values."gateway" IS DISTINCT FROM (new_values."gateway") OR old_values."gateway_customer_id" IS DISTINCT FROM (new_values."gateway_customer_id") OR old_values."gateway_token_mask" IS DISTINCT FROM (new_values."gateway_token_mask") OR old_values."holder_name" IS DISTINCT FROM (new_values."holder_name") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_active" IS DISTINCT FROM (new_values."is_active") OR old_values."is_default" IS DISTINCT FROM (new_values."is_default") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."masked_card" IS DISTINCT FROM (new_values."masked_card") OR old_values."modified_date" IS DISTINCT FROM (new_values."modified_date") OR old_values."subscription_id" IS DISTINCT FROM (new_values."subscription_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f3e7384206ad9635e27af308a17574f012606fd0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_27e88', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='billing_paymentmethod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentmethod',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "billing_paymentmethodevent" ("account_id", "bank_account_mask", "bank_account_type", "bank_name", "bank_routing_mask", "billing_address_id", "brand", "card_owner", "created_date", "expiry_month", "expiry_year", "external_id", "gateway", "gateway_customer_id", "gateway_token_mask", "holder_name", "id", "is_active", "is_default", "kind", "masked_card", "modified_date", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subscription_id") SELECT old_values."account_id", old_values."bank_account_mask", old_values."bank_account_type", old_values."bank_name", old_values."bank_routing_mask", old_values."billing_address_id", old_values."brand", old_values."card_owner", old_values."created_date", old_values."expiry_month", old_values."expiry_year", old_values."external_id", old_values."gateway", old_values."gateway_customer_id", old_values."gateway_token_mask", old_values."holder_name", old_values."id", old_values."is_active", old_values."is_default", old_values."kind", old_values."masked_card", old_values."modified_date", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."subscription_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c2c535a9b915228c32cfefcf9326d8e2fe0c5625', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_915c6', referencing='REFERENCING OLD TABLE AS old_values ', table='billing_paymentmethod', when='AFTER')),
        ),
        # PostgreSQL has renamed the column in the constraint itself.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='paymentmethod', name='billing_paymentmethod_card_is_masked'
                ),
                migrations.AddConstraint(
                    model_name='paymentmethod',
                    constraint=models.CheckConstraint(condition=models.Q(('masked_card', ''), ('masked_card__regex', '^[0-9]{0,6}[*]+[0-9]{0,4}$'), _connector='OR'), name='billing_paymentmethod_card_is_masked'),
                ),
            ],
        ),
    ]
