"""Why a POS cannot take a payment: one rule for charges and for the page "Which POS?"."""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from payments.gateways.types import Capability
from payments.models import POS
from payments.pos_gateway import gateway_class

LiveCheck = Callable[[POS], str]
"""A text if the POS cannot be called at the moment, else empty."""

_live_checks: list[LiveCheck] = []


def add_live_check(check: LiveCheck) -> None:
    """For apps that know how calls of the bank go (billing's circuit breaker)."""
    if check not in _live_checks:
        _live_checks.append(check)


def find_fixed_obstacle(pos: POS) -> str:
    """What no time changes: a charge does not even try this POS."""
    gateway = gateway_class(pos)
    if not pos.is_approved:
        return _("It waits for the approval of a second person.")
    if not pos.is_active:
        return _("It is switched off.")
    if not gateway.is_operable:
        return _("Its gateway cannot take payments yet.")
    if gateway.is_simulated and settings.PRODUCTION:
        return _("It is a simulator, which takes no payments in production.")
    return ""


def find_obstacles(pos: POS, capability: Capability, currency: str) -> list[str]:
    """Every reason why a payment of this kind would be refused now."""
    gateway = gateway_class(pos)
    found = [find_fixed_obstacle(pos)]
    if capability not in gateway.capabilities:
        found.append(_("Its gateway does not support this kind of payment."))
    if gateway.currencies and currency not in gateway.currencies:
        found.append(_("Its gateway does not support %(currency)s.") % {"currency": currency})
    return [text for text in (*found, *(check(pos) for check in _live_checks)) if text]


def is_in_test_mode(pos: POS) -> bool:
    """Its bank charges no real cards."""
    return bool(pos.config.get("mode") == "TEST")
