"""Commission rates are changed by a file: old and new are shown, and what is confirmed is what was shown."""

from decimal import Decimal

import pytest

from payments.models import Installment
from tests.payments.admin.test_uploads import counts, file, url
from tests.support.factories import CardFactory, InstallmentFactory


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def terms(card):
    return [
        InstallmentFactory(card=card, installment_count=count, interest_rate=rate)
        for count, rate in ((2, "2"), (3, "3"))
    ]


def check(pages, channel, text, **data):
    content = f"Kart;Taksit;Oran\n{text}".encode()
    return pages.post(url("rates"), {"channel": channel.pk, "file": file(content), **data})


def confirm(pages, page):
    return pages.post(url("rates"), {"token": page.context["token"]})


def rates() -> list[str]:
    rows = Installment.objects.order_by("pk").values_list("interest_rate", flat=True)
    return [f"{rate.normalize():f}" for rate in rows]


def test_old_and_new_are_shown_and_then_changed(operator_pages, channel, terms):
    page = check(operator_pages, channel, "bonus;2;2,25\nBONUS;3;% 3\n")
    assert counts(page) == {"created": 1, "exists": 1, "duplicate in file": 0, "invalid": 0}
    assert [told.reason for told in page.context["outcome"].notes] == ["2% becomes 2.25%"]
    assert rates() == ["2", "3"]
    confirm(operator_pages, page)
    assert rates() == ["2.25", "3"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("world;2;2", "the channel has no such card"),
        ("twins;2;2", "several cards have this name; use the slug"),
        ("bonus;9;2", "the card does not offer this number of installments"),
        ("bonus;x;2", "installments are not a whole number from 1 to 999"),
        ("bonus;2;", "no rate"),
        ("bonus;2;1.125", "the rate can be read in two ways; write it with two decimal places"),
        ("bonus;2;two", "the rate is not a number"),
        ("bonus;2;NaN", "the rate is not a number"),
        ("bonus;2;-1", "the rate is not from 0 to 1000 with six decimal places"),
        ("bonus;2;1,12345678", "the rate is not from 0 to 1000 with six decimal places"),
        ("bonus;2;75", "above the usual 20%; confirm that it is right"),
    ],
)
def test_what_cannot_be_meant_is_rejected_with_its_reason(operator_pages, channel, terms, row, reason):
    CardFactory.create_batch(2, channel=channel, name="Twins")
    page = check(operator_pages, channel, f"{row}\nbonus;3;3.5\n")
    assert [told.reason for told in page.context["outcome"].rejects] == [reason]
    confirm(operator_pages, page)
    assert rates() == ["2", "3.5"]


def test_one_rate_named_twice_is_changed_once(operator_pages, channel, terms):
    page = check(operator_pages, channel, "bonus;2;2.5\nBonus;2;2.75\n")
    assert counts(page)["invalid"] == 1
    confirm(operator_pages, page)
    assert rates() == ["2.5", "3"]


def test_rates_above_the_bound_are_taken_by_choice(operator_pages, channel, terms):
    page = check(operator_pages, channel, "bonus;2;75\n", above_bound="on")
    confirm(operator_pages, page)
    assert rates() == ["75", "3"]


def test_what_has_changed_since_the_check_changes_nothing(operator_pages, channel, terms):
    page = check(operator_pages, channel, "bonus;2;2.5\n")
    Installment.objects.filter(pk=terms[0].pk).update(interest_rate=Decimal("2.1"))
    again = confirm(operator_pages, page)
    assert "Review it again" in again.content.decode()
    assert [told.reason for told in again.context["outcome"].notes] == ["2.1% becomes 2.5%"]
    assert rates() == ["2.1", "3"]
    confirm(operator_pages, again)
    assert rates() == ["2.5", "3"]


def test_cards_of_another_channel_are_not_found(operator_pages, channel, terms):
    other = InstallmentFactory(card=CardFactory(slug="other"), installment_count=2, interest_rate="1")
    page = check(operator_pages, channel, "other;2;2\n")
    assert counts(page)["invalid"] == 1
    confirm(operator_pages, page)
    other.refresh_from_db()
    assert other.interest_rate == 1


def test_only_who_may_change_rates_can(auditor_pages, channel, terms):
    assert check(auditor_pages, channel, "bonus;2;2.5\n").status_code == 403
