"""Which stored payment methods can be charged, and at which gateway."""

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.errors import MethodExpiredError, MethodNotChargeableError
from billing.models import MethodKind, PaymentMethod
from payments.gateways import registry
from payments.gateways.base.gateway import Gateway

CHARGEABLE_KINDS = (MethodKind.CREDIT_CARD,)


def can_charge(method: PaymentMethod) -> bool:
    """Whether it is an account's, active, of a kind that can be charged, valid now, and stored at a known gateway."""
    try:
        find_storing_gateway(method)
    except (MethodNotChargeableError, MethodExpiredError):
        return False
    return True


def find_storing_gateway(method: PaymentMethod) -> type[Gateway]:
    """The gateway where the method is stored. Raises MethodExpiredError or MethodNotChargeableError."""
    if method.account_id is None:
        raise MethodNotChargeableError(_("This payment method belongs to no account."))
    if not method.is_active:
        raise MethodNotChargeableError(_("This payment method is inactive."))
    if method.kind not in CHARGEABLE_KINDS:
        raise MethodNotChargeableError(
            _("Payment methods of type %(kind)s cannot be charged.") % {"kind": method.get_kind_display()}
        )
    if method.is_expired:
        raise MethodExpiredError(_("The card has expired."))
    if method.valid_from is not None and method.valid_from > timezone.now():
        raise MethodNotChargeableError(_("This payment method is not valid yet."))
    gateway = registry.find_short(method.gateway) if method.gateway_token else None
    if gateway is None:
        raise MethodNotChargeableError(_("This payment method is not stored at a known gateway."))
    return gateway
