"""Triggers that write events and their deliveries when a payment, refund or payment method changes.

Without listeners nothing is written. Changes are written at the commit: each transaction writes one event, with the
final row. New payment methods are written at once, for a whole statement, because imports add millions.
"""

from collections.abc import Sequence

import pgtrigger


def _publish(
    resource: str, keys: Sequence[str], rows: str, before: str, after: str = "to_jsonb(changed)"
) -> str:
    """`keys` are the ids of payment, refund and payment method; `rows` is what stands behind FROM."""
    return f"""
        IF NOT EXISTS (SELECT FROM billing_eventsubscription WHERE is_active) THEN
            RETURN NULL;
        END IF;
        WITH published AS (
            INSERT INTO billing_event (event_id, occurred_at, resource, payment_id, refund_id, payment_method_id,
                                       transaction, before, after)
            SELECT gen_random_uuid(), clock_timestamp(), '{resource}', {", ".join(keys)},
                   pg_current_xact_id()::text::bigint, {before}, {after}
            FROM {rows}
            ON CONFLICT DO NOTHING
            RETURNING id
        )
        INSERT INTO billing_delivery
            (event_id, subscription_id, state, event_type, attempts, next_attempt_at, last_error, created_at)
        SELECT published.id, listener.id, 'waiting', '', 0, now(), '', now()
        FROM published CROSS JOIN billing_eventsubscription AS listener WHERE listener.is_active;
        RETURN NULL;
    """  # noqa: S608 constants


def outbox_triggers(resource: str, columns: tuple[str, ...]) -> list[pgtrigger.Trigger]:
    """Triggers for inserts into the table of `resource` (payment or refund) and updates of `columns`."""
    keys = ("NEW.id", "NULL", "NULL") if resource == "payment" else ("NEW.payment_id", "NEW.id", "NULL")
    rows = f"billing_{resource} AS changed WHERE changed.id = NEW.id"
    return [
        pgtrigger.Trigger(
            name="publishes_new",
            operation=pgtrigger.Insert,
            func=_publish(resource, keys, rows, "NULL"),
            when=pgtrigger.After,
            timing=pgtrigger.Deferred,
        ),
        _publishes_change(_publish(resource, keys, rows, _old(columns)), columns),
    ]


def method_outbox_triggers(columns: tuple[str, ...], secrets: tuple[str, ...]) -> list[pgtrigger.Trigger]:
    """The same for payment methods; the columns `secrets` are never in an event."""
    resource, keys = "paymentMethod", ("NULL", "NULL", "changed.id")
    after = f"to_jsonb(changed) - ARRAY[{', '.join(repr(name) for name in secrets)}]"
    rows = "billing_paymentmethod AS changed WHERE changed.id = NEW.id"
    return [
        pgtrigger.Trigger(
            name="publishes_new",
            operation=pgtrigger.Insert,
            func=_publish(resource, keys, "new_values AS changed", "NULL", after),
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="new_values"),
        ),
        _publishes_change(_publish(resource, keys, rows, _old(columns), after), columns),
    ]


def _publishes_change(func: str, columns: tuple[str, ...]) -> pgtrigger.Trigger:
    condition = pgtrigger.Q()
    for column in columns:
        condition |= pgtrigger.Q(**{f"old__{column}__df": pgtrigger.F(f"new__{column}")})
    return pgtrigger.Trigger(
        name="publishes_change",
        operation=pgtrigger.Update,
        condition=condition,
        func=func,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
    )


def _old(columns: tuple[str, ...]) -> str:
    pairs = ", ".join(f"'{column}', OLD.{column}" for column in columns)
    return f"jsonb_build_object({pairs})"
