"""Triggers that write events and their deliveries when a payment or refund changes.

They run at the commit: each transaction writes one event, with the final row. Without listeners nothing is written.
"""

import pgtrigger


def _publish(table: str, payment: str, refund: str, resource: str, before: str) -> str:
    return f"""
        IF NOT EXISTS (SELECT FROM billing_eventsubscription WHERE is_active) THEN
            RETURN NULL;
        END IF;
        WITH published AS (
            INSERT INTO billing_event
                (event_id, occurred_at, resource, payment_id, refund_id, transaction, before, after)
            SELECT gen_random_uuid(), clock_timestamp(), '{resource}', {payment}, {refund},
                   pg_current_xact_id()::text::bigint, {before}, to_jsonb(changed)
            FROM {table} AS changed WHERE changed.id = NEW.id
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
    """Triggers for inserts into the table of `resource` and updates of `columns`."""
    table = f"billing_{resource}"
    payment, refund = ("NEW.id", "NULL") if resource == "payment" else ("NEW.payment_id", "NEW.id")
    pairs = ", ".join(f"'{column}', OLD.{column}" for column in columns)
    condition = pgtrigger.Q()
    for column in columns:
        condition |= pgtrigger.Q(**{f"old__{column}__df": pgtrigger.F(f"new__{column}")})
    return [
        pgtrigger.Trigger(
            name="publishes_new",
            operation=pgtrigger.Insert,
            func=_publish(table, payment, refund, resource, "NULL"),
            when=pgtrigger.After,
            timing=pgtrigger.Deferred,
        ),
        pgtrigger.Trigger(
            name="publishes_change",
            operation=pgtrigger.Update,
            condition=condition,
            func=_publish(table, payment, refund, resource, f"jsonb_build_object({pairs})"),
            when=pgtrigger.After,
            timing=pgtrigger.Deferred,
        ),
    ]
