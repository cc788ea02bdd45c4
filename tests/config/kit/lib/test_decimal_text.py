"""Numbers as people type them. The page reads the same table: tests/browser/test_decimals.py."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kit.lib.decimal_text import AmbiguousDecimalError, read_decimal, write_decimal
from tests.support.decimals import AMBIGUOUS, NOT_NUMBERS, READ


@pytest.mark.parametrize(("text", "number"), READ.items())
def test_a_number_is_read_whatever_its_locale(text, number):
    assert read_decimal(text) == Decimal(number)


@pytest.mark.parametrize(("text", "readings"), AMBIGUOUS.items())
def test_what_can_mean_two_numbers_is_not_guessed(text, readings):
    with pytest.raises(AmbiguousDecimalError) as caught:
        read_decimal(text)
    assert [str(reading) for reading in caught.value.readings] == list(readings)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        read_decimal(text)


decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@given(number=decimals, separator=st.sampled_from(".,"))
def test_what_a_form_shows_is_read_as_the_same_number(number, separator):
    assert read_decimal(write_decimal(number, separator)) == number


@given(
    number=st.decimals(min_value=0, max_value=10**12, places=2),
    marks=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u00a0", "."), ("'", ".")]),
)
def test_grouped_amounts_of_every_locale_are_read(number, marks):
    group, point = marks
    text = f"{number:,.2f}".replace(",", "G").replace(".", point).replace("G", group)
    assert read_decimal(text) == number


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert read_decimal(text).is_finite()
