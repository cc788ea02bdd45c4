"""Labels that say to operators what the contract's field names do not."""

from django.utils.translation import gettext_lazy as _

POS_LABELS = {
    "cash_payment": _("POS for single payments"),
    "installment_payment": _("POS for installments"),
    "three_d_payment": _("POS for 3-D Secure"),
    "fallback_payment": _("Fallback POS"),
}
