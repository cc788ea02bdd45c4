"""What must be true after a run, by name. Each finds what is wrong, as lines to print."""

from collections.abc import Callable

from tests.prove.invariants import bank, bills, hub, jobs, ledger, traces, vault
from tests.prove.invariants.seen import Seen

INVARIANTS: dict[str, Callable[[Seen], list[str]]] = {
    "no order is charged more than once": bank.charged_once,
    "captured: our books equal the bank's": bank.captured_agrees,
    "refunded: our books equal the bank's": bank.refunded_agrees,
    "other amounts and currencies have a case": bank.others_have_a_case,
    "every request at the bank has its attempt": bank.requests_have_attempts,
    "nothing is in doubt without a case": bank.nothing_in_doubt,
    "what was told is true": bank.told_is_true,
    "sums follow the ledger": ledger.sums_follow,
    "nothing above the limit without a second person": ledger.limits_hold,
    "no ended payment locks a bill": bills.no_bill_is_locked,
    "bills follow their allocations": bills.follow_allocations,
    "no bill is paid twice": bills.no_bill_paid_twice,
    "who paid in time has paid the bills": bills.who_paid_has_paid,
    "every callback is judged": traces.callbacks_are_judged,
    "every change has its event": hub.changes_have_events,
    "every listener has heard every event": hub.events_are_heard,
    "the vault keeps what was stored": vault.cards_are_kept,
    "no job is left behind": jobs.none_left_behind,
    "no card number is in any table": traces.tables_with_card_numbers,
    "no card number is on any page": traces.pages_with_card_numbers,
    "no card number is in any log line": traces.lines_with_card_numbers,
    "no unforeseen error": traces.unforeseen_errors,
}
