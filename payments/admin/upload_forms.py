"""The kinds of uploads: their forms, permissions and imports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from config.kit.importing.report import Report
from payments.admin.installment_form import rate_bound
from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers
from payments.importing.rates import changes_seen, import_rates
from payments.models import POS, BinNumber, Card, Channel

_ACCEPTED = (
    ".csv,.txt,.xlsx,text/csv,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)


class FileForm(forms.Form):
    use_required_attribute = False
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the import reports it
        widget=UnfoldAdminFileFieldWidget({"accept": _ACCEPTED}),
    )

    def targets(self) -> dict[str, Any]:
        """The arguments of the load beside the file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}

    def choices(self) -> dict[str, Any]:
        """What was chosen, as the form takes it again: ids, and True for boxes."""
        chosen = FileForm.targets(self)
        return {name: getattr(value, "pk", value) for name, value in chosen.items() if value}

    def chosen(self) -> list[tuple[Any, Any]]:
        """Labels and texts of `choices`."""
        chosen = FileForm.targets(self)
        return [
            (self.fields[name].label, gettext("yes") if value is True else value)
            for name, value in chosen.items()
            if value
        ]


def _channel_field() -> forms.ModelChoiceField:
    rows = Channel.objects.order_by("name")
    return forms.ModelChoiceField(queryset=rows, label=_("Channel"), widget=UnfoldAdminSelectWidget())


def _typed(
    model_field: Any, label: Any, queryset: models.QuerySet[Any], **kwargs: Any
) -> forms.ModelChoiceField:
    """Chosen by typing: there may be thousands of them."""
    widget = AutocompleteSelect(model_field, admin.site, attrs={"class": "unfold-admin-autocomplete"})
    return forms.ModelChoiceField(queryset=queryset, label=label, widget=widget, **kwargs)


class BanksForm(FileForm):
    field_order = ["channel", "file"]
    channel = _channel_field()


class BinsForm(FileForm):
    field_order = ["card", "file"]
    card = _typed(BinNumber._meta.get_field("card"), _("Card"), Card.objects.select_related("channel"))


class BinListForm(FileForm):
    field_order = ["channel", "pos", "make_banks", "file"]
    channel = _channel_field()
    pos = _typed(
        Card._meta.get_field("cash_payment"),
        _("POS for new cards"),
        POS.objects.select_related("channel"),
        required=False,
        help_text=_("New cards use this POS. Without it, no cards are created."),
    )
    make_banks = forms.BooleanField(
        label=_("Create missing banks"),
        required=False,
        help_text=_("From the rows that name them. Otherwise these rows are rejected."),
        widget=UnfoldBooleanSwitchWidget(),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        channel, pos = data.get("channel"), data.get("pos")
        if channel and pos and pos.channel_id != channel.pk:
            self.add_error("pos", _("The POS belongs to another channel."))
        return data


class RatesForm(FileForm):
    field_order = ["channel", "above_bound", "file"]
    channel = _channel_field()
    above_bound = forms.BooleanField(
        label=_("Rates above the usual bound are right"),
        required=False,
        help_text=_("Otherwise these rows are rejected."),
        widget=UnfoldBooleanSwitchWidget(),
    )

    def targets(self) -> dict[str, Any]:
        data = self.cleaned_data
        bound = None if data["above_bound"] else rate_bound(data["channel"])
        return {"channel": data["channel"], "bound": bound}


CHANGE_TEXTS = {
    "created": (_("would be changed"), _("changed")),
    "exists": (_("already have this rate"), _("already had this rate")),
}


@dataclass(frozen=True)
class Kind:
    """One upload page. `permissions` are asked for all of: what the load may create or change.

    `texts` say what statuses mean here, `notes_title` what the notes tell. With `seen` a confirmed file does what its
    check has shown, or nothing.
    """

    title: Any
    explanation: Any
    form: type[FileForm]
    load: Callable[..., Report]
    permissions: tuple[str, ...]
    list_url: str
    texts: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    notes_title: Any = _("Rows with a note")
    seen: Callable[[Report], str] | None = None

    def run(
        self, file: BinaryIO, targets: dict[str, Any], *, dry_run: bool, seen: str | None = None
    ) -> Report:
        bound_to = {"seen": seen} if self.seen and not dry_run else {}
        return self.load(file=file, dry_run=dry_run, **targets, **bound_to)


KINDS = {
    "banks": Kind(
        title=_("Upload banks"),
        explanation=_(
            "A CSV or Excel (XLSX) file with the columns name, slug and logo (an address). "
            "A missing slug is created from the name."
        ),
        form=BanksForm,
        load=import_banks,
        permissions=("payments.add_bank",),
        list_url="admin:payments_bank_changelist",
    ),
    "bins": Kind(
        title=_("Upload BINs of a card"),
        explanation=_("A text, CSV or Excel (XLSX) file with one BIN of 6 or 8 digits per line."),
        form=BinsForm,
        load=import_bin_numbers,
        permissions=("payments.add_binnumber",),
        list_url="admin:payments_binnumber_changelist",
    ),
    "bin-list": Kind(
        title=_("Upload a country's BIN list"),
        explanation=_(
            "A CSV or Excel (XLSX) file with the columns BIN, Network, Type, Category and Issuer. "
            "Missing banks, card types and cards are created."
        ),
        form=BinListForm,
        load=import_bin_list,
        permissions=(
            "payments.add_bank",
            "payments.add_cardtype",
            "payments.add_card",
            "payments.add_binnumber",
        ),
        list_url="admin:payments_binnumber_changelist",
    ),
    "rates": Kind(
        title=_("Upload term commission rates"),
        explanation=_(
            "A CSV or Excel (XLSX) file with the columns card (name or slug), installments and rate (in percent). "
            "Rates that cards offer are changed; other rows are rejected."
        ),
        form=RatesForm,
        load=import_rates,
        permissions=("payments.change_installment",),
        list_url="admin:payments_installment_changelist",
        texts=CHANGE_TEXTS,
        notes_title=_("Rates that change"),
        seen=changes_seen,
    ),
}
