"""The form field for amounts and rates, where no browser is needed."""

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from config.kit.admin.decimal_field import DecimalTextField


class RateForm(forms.Form):
    rate = DecimalTextField(max_digits=10, decimal_places=6)


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("rate", ["0", "0.000000", "2.125", "1234.5", "100"])
def test_a_form_that_comes_back_as_it_was_shown_has_not_changed(language, rate):
    with translation.override(language):
        shown = RateForm(initial={"rate": Decimal(rate)})["rate"].value()
        sent = RateForm({"rate": shown}, initial={"rate": Decimal(rate)})
        assert (sent.is_valid(), sent.changed_data) == (True, [])
        assert sent.cleaned_data["rate"] == Decimal(rate)
