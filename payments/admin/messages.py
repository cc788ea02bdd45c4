"""Broken rules in the operator's language. The services' own texts are English and belong to the API."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.admin.form import BrokenRule, FormError, form_errors
from config.kit.importing.errors import FileMissingError, FileTooLargeError, FileUnreadableError
from config.kit.lib.errors import UniqueSetsError
from payments import errors
from payments.models import BankAccount, BinNumber, MultiCurrencyCard

RULE_TEXTS: dict[type[Exception], tuple[str | None, object]] = {
    errors.UnknownGatewayError: ("gateway", gettext_lazy("This gateway is not known.")),
    errors.CardIncompatibleError: (
        None,
        gettext_lazy("Bank and card type must belong to the card's channel."),
    ),
    errors.PosIncompatibleError: (None, gettext_lazy("Every POS must belong to the card's channel.")),
    errors.MultiCurrencyPosIncompatibleError: (
        None,
        gettext_lazy("Every POS must belong to the card's channel."),
    ),
    errors.MultiCurrencyCardChangedError: ("card", gettext_lazy("The card must stay in its channel.")),
    errors.BinIncompatibleError: ("card", gettext_lazy("The card belongs to another channel.")),
    errors.InstallmentExistsError: (
        "installment_count",
        gettext_lazy("The card already has a rate for this number of installments."),
    ),
    errors.InstallmentCardChangedError: ("card", gettext_lazy("The card must stay in its channel.")),
    errors.BankAccountIncompatibleError: ("bank", gettext_lazy("The bank belongs to another channel.")),
    errors.DefaultCardIncompatibleError: (
        "default_card",
        gettext_lazy("The default card must belong to this channel."),
    ),
    FileMissingError: ("file", gettext_lazy("Choose a file.")),
    FileTooLargeError: ("file", gettext_lazy("The file is too large.")),
    FileUnreadableError: (
        "file",
        gettext_lazy("The file must be a CSV text file with at least one row."),
    ),
}

# Sets of which the form asks for one field only; the others come with the page.
SINGLE_FIELDS: dict[type[models.Model], dict[tuple[str, ...], str]] = {
    BankAccount: {("slug", "channel"): "slug", ("iban", "channel"): "iban"},
    BinNumber: {("bin_number", "channel"): "bin_number"},
    MultiCurrencyCard: {("card", "currency"): "currency"},
}


def rule_errors(error: BrokenRule, model: type[models.Model]) -> list[FormError]:
    """What the admin shows for a broken rule, and at which field."""
    if isinstance(error, UniqueSetsError):
        return [_taken(fields, error, model) for fields in error.sets]
    known = RULE_TEXTS.get(type(error))
    return [(known[0], str(known[1]))] if known else form_errors(error, model)


def _taken(fields: tuple[str, ...], error: UniqueSetsError, model: type[models.Model]) -> FormError:
    field = SINGLE_FIELDS.get(model, {}).get(fields)
    if field is None:
        return form_errors(UniqueSetsError([fields]), model)[0]
    return field, _("This value is already used in the channel.") if "channel" in fields else _(
        "Already taken."
    )
