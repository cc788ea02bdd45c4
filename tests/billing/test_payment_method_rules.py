"""The rules of payment methods that service, import and Naviga share."""

import pytest

from billing.payment_method_rules import Fault, MethodFacts, find_faults, full_year, guess_brand

CARD = {"kind": 1, "masked_card": "411111******1111", "expiry_month": 6, "expiry_year": 2030}
BANK = {
    "kind": 2,
    "masked_card": "",
    "expiry_month": None,
    "expiry_year": None,
    "bank_account_number": "123456",
}


@pytest.mark.parametrize("facts", [CARD, BANK, {**BANK, "kind": 5, "bank_account_number": ""}])
def test_complete_methods_break_no_rule(facts):
    assert not list(find_faults(MethodFacts(**facts)))


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({**CARD, "masked_card": "4111111111111111"}, [Fault.MASKED_CARD_UNREADABLE]),
        ({**CARD, "masked_card": ""}, [Fault.NO_MASKED_CARD]),
        ({**CARD, "expiry_year": None}, [Fault.EXPIRY_INCOMPLETE]),
        ({**CARD, "expiry_month": None}, [Fault.EXPIRY_INCOMPLETE, Fault.NO_EXPIRY]),
        ({**CARD, "expiry_month": None, "expiry_year": None}, [Fault.NO_EXPIRY]),
        ({**CARD, "expiry_month": 0}, [Fault.EXPIRY_MONTH_OUT_OF_RANGE]),
        ({**CARD, "expiry_year": 2100}, [Fault.EXPIRY_YEAR_OUT_OF_RANGE]),
        ({**CARD, "brand": "nobody"}, [Fault.UNKNOWN_BRAND]),
        ({**CARD, "gateway": "nobody"}, [Fault.UNKNOWN_GATEWAY]),
        ({**CARD, "secrets": ["x" * 512, "x" * 513]}, [Fault.TOO_LONG]),
        ({**BANK, "bank_account_number": ""}, [Fault.NO_BANK_ACCOUNT_NUMBER]),
    ],
)
def test_broken_rules_are_found(facts, faults):
    assert list(find_faults(MethodFacts(**facts))) == faults


@pytest.mark.parametrize(
    ("mask", "brand"),
    [("411111******1111", "visa"), ("979200******1111", "troy"), ("650000******1111", ""), ("****1111", "")],
)
def test_the_brand_is_guessed_only_if_one_is_possible(mask, brand):
    assert guess_brand(mask) == brand


def test_years_of_two_digits_are_of_this_century():
    assert (full_year(30, digits=2), full_year(2030, digits=4)) == (2030, 2030)
