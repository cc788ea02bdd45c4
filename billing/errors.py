"""One class for each business rule of billing, with its code (docs/contracts.md).

`PayerError`s have a text that may be shown to the payer; the others are for operators and integrators.
"""

from django.utils.translation import gettext as _

from config.kit.lib.errors import RuleError


class PayerError(RuleError):
    """Why a payment was not taken, in words for the payer."""


class SubscriptionNotFoundError(PayerError):
    code = "payment_100_1"


class BillNotFoundError(PayerError):
    code = "payment_100_2"


class BillAlreadyPaidError(PayerError):
    code = "payment_100_3"


class BillPaymentInProgressError(PayerError):
    code = "payment_100_4"


class BillsIncompatibleError(PayerError):
    """Bills of several currencies, or none."""

    code = "payment_100_5"


class NoRouteError(PayerError):
    """No POS for this card, currency, number of installments and 3-D choice."""

    code = "payment_100_6"


class NoDefaultMethodError(PayerError):
    """The account has no default payment method."""

    code = "payment_100_7"


class MethodNotChargeableError(PayerError):
    """The method is switched off, or its kind or its gateway takes no charge."""

    code = "payment_100_8"


class MethodExpiredError(PayerError):
    """An expired card is never charged."""

    code = "payment_100_9"


class AmountCurrencyError(PayerError):
    """Money of an account is in its currency."""

    code = "payment_100_10"


class PartsExceedAmountError(PayerError):
    """The bills of a payment take more than its amount, or one of them more than is open of it."""

    code = "payment_100_11"


class UnallocatedExceededError(RuleError):
    """More than the payment has that is put to no bill."""

    code = "payment_100_12"


class CorrelatorReusedError(RuleError):
    """The client used this correlator id for something else."""

    code = "payment_100_13"


class GatewayUnavailableError(PayerError):
    """All calls that the POS may have in flight are, or its circuit breaker is open. Nothing was written."""

    code = "payment_100_14"
    http_status = 503

    def __init__(self) -> None:
        super().__init__(
            _("The bank is not available at the moment. Nothing was sent to it. Try again later.")
        )


class VelocityLimitError(PayerError):
    """Too many payments without success for a bill, an account, a card or from an address. Nothing was written."""

    code = "payment_100_15"
    http_status = 429

    def __init__(self) -> None:
        super().__init__(_("Too many payment attempts. Nothing was charged. Try again later."))


class BillClosedError(RuleError):
    """Only an open bill that nobody is paying is closed by hand; only such a one is opened again."""

    code = "bill_100_4"


class RefundExceedsError(RuleError):
    """More than what is left of the payment."""

    code = "refund_100_1"


class NoCreditError(RefundExceedsError):
    """No payment of the account has so much that is put to no bill."""

    code = "refund_100_4"


class NotRefundableError(RuleError):
    """The payment's state, or its gateway, does not allow it."""

    code = "refund_100_2"


class SecondPersonError(RuleError):
    """A refund above the channel's limit is approved by somebody else than who asked."""

    code = "refund_100_3"


class RefundInProgressError(RuleError):
    """Another refund of the payment is in doubt: until the bank has answered nobody knows what is left."""

    code = "refund_100_5"


class CaseClosedError(RuleError):
    """Somebody has closed the case before."""

    code = "case_100_1"


class NotInDoubtError(RuleError):
    """Only what is in doubt, and not on its way any more, is settled by hand."""

    code = "case_100_2"


class AccountCurrencyChangedError(RuleError):
    """Bills and payments are in the account's currency."""

    code = "account_100_3"


class SubscriptionAccountChangedError(RuleError):
    """Bills and payments of the subscription are the account's."""

    code = "subscription_100_1"


class BillCurrencyError(RuleError):
    """A bill has the currency of its account."""

    code = "bill_100_1"


class BillHasPaymentError(RuleError):
    """Somebody has paid, or is paying, what the bill said."""

    code = "bill_100_2"


class AccountMismatchError(RuleError):
    """A billing address or payment method keeps its account, and points at nothing of another one."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InactiveDefaultError(RuleError):
    """A method that is switched off cannot be the account's own."""

    code = "payment_method_100_3"


class EventNotCreatedError(Exception):
    """Adding a payment method could not begin: nothing was written."""


class MethodNotSavedError(Exception):
    """The payment method was not written; its event tells why."""


class EventNotClosedError(Exception):
    """The payment method was written, its event is still open and is closed later."""
