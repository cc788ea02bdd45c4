"""Details of payments and refunds are called client references. Tables, indexes and constraints are renamed."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

RENAMED = [("PaymentDetails", "PaymentClientReferences", "payment"), ("RefundDetails", "RefundClientReferences", "refund")]
SUFFIXES = {
    "correlator": "corr",
    "name": "name",
    "description": "descr",
    "by_method": "method",
    "by_channel": "chan",
    "by_party": "party",
    "by_amount": "amount",
    "by_tax": "tax",
}


def rename(old: str, new: str, resource: str) -> list:
    before, after = old.lower(), new.lower()
    correlator = models.UniqueConstraint(
        condition=models.Q(("correlator_id", ""), _negated=True),
        fields=("client", "correlator_id"),
        name=f"billing_{after}_correlator",
    )
    return [
        pgtrigger.migrations.RemoveTrigger(model_name=before, name="append_only"),
        migrations.RenameModel(old_name=old, new_name=new),
        migrations.AlterField(
            model_name=after,
            name=resource,
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="client_references",
                serialize=False,
                to=f"billing.{resource}",
            ),
        ),
        migrations.AlterModelOptions(
            name=after,
            options={
                "verbose_name": f"Client references of a {resource}",
                "verbose_name_plural": f"Client references of {resource}s",
            },
        ),
        *(
            migrations.RenameIndex(
                model_name=after, old_name=f"{before}_{old_suffix}", new_name=f"{after}_{new_suffix}"
            )
            for old_suffix, new_suffix in SUFFIXES.items()
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"""
                    ALTER INDEX billing_{before}_correlator RENAME TO billing_{after}_correlator;
                    ALTER INDEX billing_{before}_pkey RENAME TO billing_{after}_pkey;
                    """,
                    f"""
                    ALTER INDEX billing_{after}_correlator RENAME TO billing_{before}_correlator;
                    ALTER INDEX billing_{after}_pkey RENAME TO billing_{before}_pkey;
                    """,
                )
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name=after, name=f"billing_{before}_correlator"),
                migrations.AddConstraint(model_name=after, constraint=correlator),
            ],
        ),
    ]


def append_only(model: str, *, key: str, trigger_hash: str) -> pgtrigger.migrations.AddTrigger:
    sql = pgtrigger.compiler.UpsertTriggerSql(
        func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
        hash=trigger_hash,
        operation="UPDATE OR DELETE",
        pgid=f"pgtrigger_append_only_{key}",
        table=f"billing_{model}",
        when="BEFORE",
    )
    return pgtrigger.migrations.AddTrigger(
        model_name=model, trigger=pgtrigger.compiler.Trigger(name="append_only", sql=sql)
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_breaker_roles")]

    operations = [
        *(operation for names in RENAMED for operation in rename(*names)),
        append_only(
            "paymentclientreferences", key="83a60", trigger_hash="5fe9fab5a738f7e93d746325559a48f808730a74"
        ),
        append_only(
            "refundclientreferences", key="827cb", trigger_hash="f929b815324e6e0bf778458005b5a7894d2921ea"
        ),
    ]
