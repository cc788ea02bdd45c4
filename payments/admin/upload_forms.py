"""The kinds of uploads: their forms, permissions and imports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from config.kit.importing.report import Report
from payments.importing.banks import import_banks
from payments.importing.bin_list import import_bin_list
from payments.importing.bin_numbers import import_bin_numbers
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
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


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
    field_order = ["channel", "pos", "file"]
    channel = _channel_field()
    pos = _typed(
        Card._meta.get_field("cash_payment"),
        _("POS for new cards"),
        POS.objects.select_related("channel"),
        required=False,
        help_text=_("New cards use this POS. Without it, no cards are created."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        channel, pos = data.get("channel"), data.get("pos")
        if channel and pos and pos.channel_id != channel.pk:
            self.add_error("pos", _("The POS belongs to another channel."))
        return data


@dataclass(frozen=True)
class Kind:
    """One upload page. `permissions` are asked for all of: what the load may create."""

    title: Any
    explanation: Any
    form: type[FileForm]
    load: Callable[..., Report]
    permissions: tuple[str, ...]
    list_url: str

    def run(self, file: BinaryIO, targets: dict[str, Any], *, dry_run: bool) -> Report:
        return self.load(file=file, dry_run=dry_run, **targets)


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
}
