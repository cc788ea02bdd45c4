"""Triggers that enforce the rules of payments for every writer."""

import pgtrigger

from billing.states import CAPTURED_STATES, OPEN_STATES

_OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)

# Keeps a payment's bills reserved exactly while its state is open.
BILLS_FOLLOW_STATE = pgtrigger.Trigger(
    name="bills_follow_state",
    operation=pgtrigger.UpdateOf("state"),
    when=pgtrigger.After,
    func=f"""
        UPDATE billing_paymentbill SET is_open = (NEW.state IN ({_OPEN}))
        WHERE payment_id = NEW.id AND is_open <> (NEW.state IN ({_OPEN}));
        RETURN NULL;
    """,  # noqa: S608 constants
)

SUMS_FOLLOW_LEDGER = pgtrigger.Trigger(
    name="sums_follow_ledger",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__captured_amount__df=pgtrigger.F("new__captured_amount"))
    | pgtrigger.Q(old__refunded_amount__df=pgtrigger.F("new__refunded_amount"))
    | pgtrigger.Q(old__reserved_amount__df=pgtrigger.F("new__reserved_amount"))
    | pgtrigger.Q(old__allocated_amount__df=pgtrigger.F("new__allocated_amount")),
    func="""
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'The sums of a payment follow from its ledger'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_sums_follow_ledger';
        END IF;
        RETURN NEW;
    """,
)


_CAPTURED = ", ".join(f"'{state}'" for state in CAPTURED_STATES)

# Deferred: state and ledger are written one after the other and must agree at the commit.
STATE_AGREES_WITH_LEDGER = pgtrigger.Trigger(
    name="state_agrees_with_ledger",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "captured_amount", "refunded_amount"),
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    func=f"""
        IF EXISTS (
            SELECT FROM billing_payment AS payment WHERE payment.id = NEW.id AND (
                (payment.captured_amount > 0) <> (payment.state IN ({_CAPTURED}))
                OR (payment.captured_amount > 0 AND payment.refunded_amount = payment.captured_amount)
                    <> (payment.state IN ('refunded', 'voided'))
                OR (payment.refunded_amount > 0 AND payment.refunded_amount < payment.captured_amount)
                    <> (payment.state = 'partially_refunded')
            )
        ) THEN
            RAISE EXCEPTION 'The state of a payment and its ledger disagree'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_state_agrees_with_ledger';
        END IF;
        RETURN NULL;
    """,  # noqa: S608 constants
)


STARTS_WITH_NOTHING = pgtrigger.Trigger(
    name="starts_with_nothing",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF NEW.state NOT IN ('created', 'processing') OR NEW.captured_amount <> 0 OR NEW.refunded_amount <> 0
           OR NEW.reserved_amount <> 0 OR NEW.allocated_amount <> 0 THEN
            RAISE EXCEPTION 'A payment begins as created or processing, with nothing captured'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_starts_with_nothing';
        END IF;
        RETURN NEW;
    """,
)


# Default for payments that are written without a version: the current one.
NAMES_THE_VERSION = pgtrigger.Trigger(
    name="names_the_version",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__pos__isnull=False, new__pos_version__isnull=True),
    func="""
        SELECT version.id INTO NEW.pos_version_id
        FROM payments_posversion AS version JOIN payments_pos AS pos ON pos.id = version.pos_id
        WHERE pos.id = NEW.pos_id AND version.gateway = pos.gateway AND version.config = pos.config
          AND version.resource_url = pos.resource_url
          AND version.three_d_resource_url IS NOT DISTINCT FROM pos.three_d_resource_url;
        RETURN NEW;
    """,
)


# Failover: the POS may change only while no call has been sent, so that the first POS cannot have charged anything.
POS_CHANGES_BY_FAILOVER = pgtrigger.Trigger(
    name="pos_changes_by_failover",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__pos__df=pgtrigger.F("new__pos"))
    | pgtrigger.Q(old__pos_version__df=pgtrigger.F("new__pos_version")),
    func="""
        IF NEW.pos_id IS NULL OR NEW.pos_id = OLD.pos_id
           OR NEW.state <> OLD.state OR OLD.state NOT IN ('created', 'processing')
           OR NOT EXISTS (SELECT FROM billing_paymentattempt WHERE payment_id = OLD.id)
           OR EXISTS (SELECT FROM billing_paymentattempt WHERE payment_id = OLD.id AND outcome <> 'not_sent') THEN
            RAISE EXCEPTION 'The POS of a payment changes only after it provably received nothing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_pos_changes_by_failover';
        END IF;
        RETURN NEW;
    """,
)


# The bill may have been paid since the service has read it as open.
RESERVES_WHAT_IS_OPEN = pgtrigger.Trigger(
    name="reserves_what_is_open",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        PERFORM 1 FROM billing_bill WHERE id = NEW.bill_id FOR UPDATE;
        IF NOT EXISTS (
            SELECT 1 FROM billing_bill AS bill JOIN billing_payment AS payment ON payment.id = NEW.payment_id
            WHERE bill.id = NEW.bill_id AND bill.status = 'open' AND bill.amount - bill.paid_amount >= NEW.amount
              AND bill.currency = payment.currency
        ) THEN
            RAISE EXCEPTION 'The bill is not open for this amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_paymentbill_bill_is_open';
        END IF;
        RETURN NEW;
    """,
)
