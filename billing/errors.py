"""One class for each business rule of billing, with its code (docs/contracts.md).

Messages of `PayerError`s may be shown to the payer; all others are for operators and integrators.
"""

from django.utils.translation import gettext as _

from config.kit.lib.errors import RuleError


class PayerError(RuleError):
    """The payment was not taken; the message may be shown to the payer."""


class SubscriptionNotFoundError(PayerError):
    code = "payment_100_1"


class BillNotFoundError(PayerError):
    code = "payment_100_2"


class BillAlreadyPaidError(PayerError):
    code = "payment_100_3"


class BillPaymentInProgressError(PayerError):
    code = "payment_100_4"


class BillsIncompatibleError(PayerError):
    """The bills do not share one currency."""

    code = "payment_100_5"


class NoRouteError(PayerError):
    """No POS accepts this card with this currency, number of installments and 3-D Secure choice."""

    code = "payment_100_6"


class NoDefaultMethodError(PayerError):
    """The account has no default payment method."""

    code = "payment_100_7"


class MethodNotChargeableError(PayerError):
    """The payment method is inactive, or its kind or gateway cannot be charged."""

    code = "payment_100_8"


class MethodExpiredError(PayerError):
    """Expired cards are never charged."""

    code = "payment_100_9"


class AmountCurrencyError(PayerError):
    """The amount is not in the account's currency."""

    code = "payment_100_10"


class PartsExceedAmountError(PayerError):
    """The bills' parts exceed the payment's amount, or a part exceeds its bill's open amount."""

    code = "payment_100_11"


class UnallocatedExceededError(RuleError):
    """More than the payment's unallocated amount."""

    code = "payment_100_12"


class AllocationExceededError(RuleError):
    """More than what is allocated to the bill."""

    code = "payment_100_16"


class CorrelatorReusedError(RuleError):
    """The client already used this correlator id for a different request."""

    code = "payment_100_13"


class GatewayUnavailableError(PayerError):
    """The POS has too many calls in flight, or its circuit breaker is open. Nothing was written."""

    code = "payment_100_14"
    http_status = 503

    def __init__(self) -> None:
        super().__init__(
            _("The bank is not available at the moment. Nothing was sent to it. Try again later.")
        )


class VelocityLimitError(PayerError):
    """Too many unsuccessful payments of a bill, account, card or address. Nothing was written."""

    code = "payment_100_15"
    http_status = 429

    def __init__(self) -> None:
        super().__init__(_("Too many payment attempts. Nothing was charged. Try again later."))


class BillClosedError(RuleError):
    """Only open bills without a payment in progress can be closed manually, and only those can be reopened."""

    code = "bill_100_4"


class RefundExceedsError(RuleError):
    """More than the payment's refundable amount."""

    code = "refund_100_1"


class NoCreditError(RefundExceedsError):
    """More than the unallocated amount of the payment, or of each payment of the account."""

    code = "refund_100_4"


class NotRefundableError(RuleError):
    """The state of the payment or refund, or the gateway, does not allow it."""

    code = "refund_100_2"


class SecondPersonError(RuleError):
    """A refund above the channel's limit must be approved by a different user than the requester."""

    code = "refund_100_3"


class RefundInProgressError(RuleError):
    """The outcome of another refund of the payment is not known yet."""

    code = "refund_100_5"


class CaseClosedError(RuleError):
    """The case is already closed."""

    code = "case_100_1"


class CaseTakenError(RuleError):
    """Somebody else was faster."""

    code = "case_100_2"


class OutcomeKnownError(RuleError):
    """Only an unknown outcome can be settled manually, and only once the bank cannot book the request any more."""

    code = "case_100_2"


class AccountCurrencyChangedError(RuleError):
    """The currency of an account with bills or payments cannot change."""

    code = "account_100_3"


class SubscriptionAccountChangedError(RuleError):
    """The account of a subscription with bills, payments or payment methods cannot change."""

    code = "subscription_100_1"


class BillCurrencyError(RuleError):
    """A bill must be in the currency of its account."""

    code = "bill_100_1"


class BillHasPaymentError(RuleError):
    """Amount, currency and subscription of a bill with a payment cannot change."""

    code = "bill_100_2"


class AccountMismatchError(RuleError):
    """The account of a billing address or payment method cannot change, and what it references has the same account."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InactiveDefaultError(RuleError):
    """A payment method that is inactive or can't be charged cannot be the account's default."""

    code = "payment_method_100_3"


class KeyReusedError(RuleError):
    """An idempotency key was used for another request that adds a payment method."""

    code = "payment_method_100_6"


class MethodRemovedError(RuleError):
    """A removed payment method cannot be changed or used again."""

    code = "payment_method_100_5"


class EventNotCreatedError(Exception):
    """The event could not be created. Nothing was written."""


class MethodNotSavedError(Exception):
    """The payment method could not be saved; its event has the reason."""


class EventNotClosedError(Exception):
    """The payment method was saved, but its event is still open. A task closes it later."""
