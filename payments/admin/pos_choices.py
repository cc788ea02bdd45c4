"""The POS of a card's channel as one list for all selects of a page."""

from typing import Any, cast

from django import forms

from config.kit.admin.form import ServiceForm
from payments.admin.pos_labels import POS_LABELS
from payments.models import POS, Card

POS_FIELDS = ("cash_payment", "installment_payment", "three_d_payment")


def pos_choices(card: Card) -> list[tuple[Any, str]]:
    """Read once and shown in every row's selects, whatever the number of rows."""
    rows = POS.objects.filter(channel_id=card.channel_id).order_by("name").values_list("pk", "name", "slug")
    return [("", "---------"), *((pk, f"{name} ({slug})") for pk, name, slug in rows)]


class PosLabelsForm(ServiceForm):
    class Meta:
        labels = POS_LABELS


class PosChoicesForm(PosLabelsForm):
    """`choices` is set on the class by the inline, once for all rows."""

    choices: list[tuple[Any, str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in POS_FIELDS:
            if name in self.fields:
                cast(forms.ChoiceField, self.fields[name]).choices = self.choices
