"""What a client of TM Forum's payment methods (TMF670) says about a method beyond how it pays."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Now
from django.utils.translation import gettext_lazy as _

from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField

KIND_NAMES = {
    1: "Credit Card", 2: "Bank Account", 3: "Merchant Accepted Payment", 4: "Coupon", 5: "Paypal",
    6: "Paypal Express", 7: "Itunes", 8: "Google Play", 9: "Apple Pay", 10: "Amazon In App",
    11: "Subscribe With Google", 12: "Google Pay", 13: "External Payment", 14: "Piano",
}  # fmt: skip
"""Number of a MethodKind → its name in the names that BRM's page prints: Mary Irwin's Credit Card."""

_TEXT = models.CharField(max_length=255)
_KIND_NAME = Case(
    *(When(kind=kind, then=Value(name)) for kind, name in KIND_NAMES.items()),
    default=Value("Payment Method"),
    output_field=_TEXT,
)
_SHOWN_NAME = Case(
    When(name="", then=Concat(F("holder_name"), Value("'s "), _KIND_NAME, output_field=_TEXT)),
    default=F("name"),
    output_field=_TEXT,
)

# An account is given once. A method of nobody has none.
ACCOUNT_IS_GIVEN_ONCE = pgtrigger.Protect(
    name="account_is_given_once",
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__account__isnull=False)
    & pgtrigger.Q(old__account__df=pgtrigger.F("new__account")),
)

STATUS_DATE_FOLLOWS = pgtrigger.Trigger(
    name="status_date_follows",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__is_active__df=pgtrigger.F("new__is_active"))
    | pgtrigger.Q(old__status_text__df=pgtrigger.F("new__status_text")),
    func="NEW.status_date = clock_timestamp(); RETURN NEW;",
)


def _text(label: Any, length: int) -> models.CharField:
    """Empty where nothing was sent, also in rows that imports write."""
    return models.CharField(label, max_length=length, blank=True, default="", db_default="")


class MethodProfile(EncryptedModel):
    """`type` is TM Forum's `@type`, empty for a method that another door added.

    `details` are further attributes as the client sent them, by their names in TMF670; none of them is secret.
    """

    type = _text(_("Type"), 32)
    name = _text(_("Name"), 255)
    shown_name = models.GeneratedField(
        expression=_SHOWN_NAME,
        output_field=_TEXT,
        db_persist=True,
        verbose_name=_("Name"),
    )
    description = _text(_("Description"), 500)
    authorization_code = _text(_("Authorization code"), 64)
    status_text = models.CharField(
        _("Status"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("The client's word. Any other than active makes the method inactive."),
    )
    status_date = models.DateTimeField(_("Status changed"), db_default=Now(), editable=False)
    status_reason = _text(_("Reason for the status"), 255)
    valid_from = models.DateTimeField(_("Valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    is_preferred = models.BooleanField(
        _("Is preferred"),
        default=False,
        db_default=False,
        help_text=_("It becomes the account's default if it can be charged."),
    )
    details: Any = models.JSONField(_("Details"), default=dict, db_default=Value({}, models.JSONField()))
    voucher_code: Any = EncryptedJSONField(_("Voucher code"), null=True)
    voucher_code_mask = models.CharField(
        _("Voucher code"), max_length=12, blank=True, default="", db_default="", editable=False
    )
    client = models.CharField(
        _("Client"), max_length=160, blank=True, default="", db_default="", editable=False
    )
    request_key = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    request_fingerprint = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    removed_at = models.DateTimeField(_("Removed"), null=True, editable=False)

    class Meta:
        abstract = True


PROFILE_CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(account__isnull=False) | Q(is_default=False, subscription=None, billing_address=None),
        name="billing_paymentmethod_of_nobody",
    ),
    models.CheckConstraint(
        condition=Q(removed_at=None) | Q(is_active=False, gateway_token=None, bank_account_number=None),
        name="billing_paymentmethod_removed",
    ),
    models.UniqueConstraint(
        fields=["client", "request_key"],
        condition=~Q(request_key=""),
        name="billing_paymentmethod_request",
    ),
]

PROFILE_INDEXES = [
    models.Index(fields=["shown_name"], name="billing_method_name"),
    models.Index(fields=["status_date"], name="billing_method_status_date"),
    models.Index(fields=["client"], condition=Q(account=None), name="billing_method_of_nobody"),
]
