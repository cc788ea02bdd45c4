"""A new card on one page: with the POS that charge it, its commission rates and its BINs."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from config.kit.boundary import card_number_message
from config.kit.lib.card_numbers import holds_card_number
from config.kit.lib.decimal_text import AmbiguousDecimalError, read_decimal, write_decimal
from payments import services
from payments.admin.installment_form import rate_bound
from payments.admin.pos_choices import PosLabelsForm
from payments.models import BinNumber, Card

MAX_BINS = 500
"""Pasted at once: more come as a file."""
MAX_RATES = 60
ONE_PAGE_FIELDS = ("rates", "rates_are_right", "bins")

_RATE = re.compile(
    r"(?P<count>[1-9][0-9]{0,2})(?:[;:\t]\s*|\s+)%?\s*(?P<rate>[^;:\t%]+?)\s*%?\s*(?:[;\t]\s*(?P<label>.*))?"
)


@dataclass(frozen=True)
class TypedRate:
    count: int
    rate: Decimal
    label: str


class CardAddForm(PosLabelsForm):
    rates = forms.CharField(
        label=gettext_lazy("Term commission rates"),
        required=False,
        max_length=10_000,
        help_text=gettext_lazy(
            "One line for each number of installments, with its rate in percent, and a label if you like: "
            "“3 1.75” or “3; 1.75; 3 Taksit”."
        ),
        widget=UnfoldAdminTextareaWidget({"rows": 6, "spellcheck": "false"}),
    )
    rates_are_right = forms.BooleanField(
        label=gettext_lazy("Rates above the usual bound are right"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )
    bins = forms.CharField(
        label=gettext_lazy("BINs"),
        required=False,
        max_length=10_000,
        help_text=gettext_lazy("The first 6 or 8 digits of card numbers, pasted with any separators."),
        widget=UnfoldAdminTextareaWidget({"rows": 6, "spellcheck": "false", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "installment_payment" in self.fields:
            field = self.fields["installment_payment"]
            field.required = False
            field.help_text = _("Empty: the POS for single payments.")

    def clean_rates(self) -> list[TypedRate]:
        lines = [line.strip() for line in self.cleaned_data["rates"].splitlines() if line.strip()]
        if len(lines) > MAX_RATES:
            raise ValidationError(_("At most %(count)s lines.") % {"count": MAX_RATES})
        found = [_read_rate(line) for line in lines]
        counts = [item.count for item in found]
        twice = sorted({count for count in counts if counts.count(count) > 1})
        if twice:
            text = _("These numbers of installments are there twice: %(counts)s.")
            raise ValidationError(text % {"counts": ", ".join(map(str, twice))})
        return found

    def clean_bins(self) -> list[str]:
        self._shorten_card_numbers()
        words = [word for word in re.split(r"[\s,;|]+", self.cleaned_data["bins"]) if word]
        if len(words) > MAX_BINS:
            text = _("At most %(count)s BINs can be pasted. Upload a file for more.")
            raise ValidationError(text % {"count": MAX_BINS})
        wrong = [word for word in words if not re.fullmatch("[0-9]{6}|[0-9]{8}", word)]
        if wrong:
            text = _("A BIN has 6 or 8 digits: %(words)s.")
            raise ValidationError(text % {"words": ", ".join(word[:8] for word in wrong[:5])})
        return list(dict.fromkeys(words))

    def _shorten_card_numbers(self) -> None:
        """The page is shown again with what was typed, but never with a card number."""
        typed = self.cleaned_data["bins"]
        if re.search("[0-9]{9,}", typed):
            shown = re.sub("([0-9]{6})[0-9]{3,}", r"\1…", typed)
            data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("bins")] = shown
            self.data = data

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("installment_payment") and data.get("cash_payment"):
            data["installment_payment"] = data["cash_payment"]
        channel = data.get("channel")
        if channel is not None:
            self._ask_about(data.get("rates") or [], rate_bound(channel), sure=data.get("rates_are_right"))
            self._refuse_taken(data.get("bins") or [], channel.pk)
        return data

    def _ask_about(self, rates: list[TypedRate], bound: Decimal, *, sure: Any) -> None:
        above = [item for item in rates if item.rate > bound]
        if above and not sure:
            text = _("Rates above the usual %(bound)s%%: %(rates)s. If they are right, say so below.")
            shown = ", ".join(f"{item.count}: {write_decimal(item.rate)}%" for item in above)
            self.add_error("rates", text % {"bound": write_decimal(bound), "rates": shown})

    def _refuse_taken(self, bins: list[str], channel_id: int) -> None:
        rows = BinNumber.objects.filter(channel=channel_id, bin_number__in=bins).select_related("card")
        taken = [f"{row.bin_number} ({row.card.name})" for row in rows.order_by("bin_number")]
        if taken:
            text = ngettext(
                "Already a BIN of another card: %(bins)s.",
                "Already BINs of other cards: %(bins)s.",
                len(taken),
            )
            more = " …" if len(taken) > 5 else ""
            self.add_error("bins", text % {"bins": ", ".join(taken[:5]) + more})


def save_typed(card: Card, data: dict[str, Any]) -> None:
    """Rates and BINs of a card that was just saved, in its transaction. Raises what their services raise."""
    for item in data.get("rates") or []:
        services.installments.create(
            card=card, installment_count=item.count, label=item.label, interest_rate=item.rate
        )
    for number in data.get("bins") or []:
        services.bin_numbers.create(card=card, channel=card.channel, bin_number=number)


def _read_rate(line: str) -> TypedRate:
    matched = _RATE.fullmatch(line)
    try:
        rate = read_decimal(matched["rate"]) if matched else None
    except AmbiguousDecimalError as error:
        text = _("“%(line)s” can mean %(first)s%% or %(second)s%%. Write it with two decimal places.")
        first, second = map(write_decimal, error.readings)
        raise ValidationError(text % {"line": line[:60], "first": first, "second": second}) from None
    except ValueError:
        rate = None
    if matched is None or rate is None or not 0 <= rate < 1000 or rate != round(rate, 6):
        raise ValidationError(_("Not a number of installments and a rate: “%(line)s”.") % {"line": line[:60]})
    count = int(matched["count"])
    label = (matched["label"] or "").strip() or _label(count)
    if holds_card_number(label):
        raise ValidationError(card_number_message())
    if len(label) > 128:
        raise ValidationError(_("A label has at most 128 characters."))
    return TypedRate(count, rate, label)


def _label(count: int) -> str:
    if count == 1:
        return _("Single payment")
    return ngettext("%(count)s installment", "%(count)s installments", count) % {"count": count}
