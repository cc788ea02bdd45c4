"""All commission rates of a bank, changed by percent: shown first, all or nothing."""

from decimal import Decimal

import pytest

from config.kit.audit.models import Entry
from payments.models import Bank, Installment
from tests.support.factories import CardFactory, InstallmentFactory
from tests.support.pages import page_url


@pytest.fixture
def bank(card) -> Bank:
    InstallmentFactory(card=card, installment_count=2, interest_rate="2")
    InstallmentFactory(card=card, installment_count=6, interest_rate="6.5")
    InstallmentFactory(card=CardFactory(channel=card.channel), installment_count=2, interest_rate="3")
    return card.bank


def rates(bank) -> list[str]:
    rows = Installment.objects.filter(card__bank=bank).order_by("installment_count")
    return [f"{rate.normalize():f}" for rate in rows.values_list("interest_rate", flat=True)]


def preview(pages, bank, **choice):
    return pages.get(page_url(bank, "change_rates"), {"step": "points", "value": "0.5"} | choice)


def change(pages, bank, seen=None, sure=False, **choice):
    page = preview(pages, bank, **choice)
    data = {"seen": seen or page.context["preview"].seen} | ({"sure": "on"} if sure else {})
    return pages.post(page.wsgi_request.get_full_path(), data, follow=True)


@pytest.mark.parametrize(
    ("step", "value", "expected"),
    [
        ("points", "0.5", ["2.5", "7"]),
        ("points", "-0,25", ["1.75", "6.25"]),
        ("relative", "10", ["2.2", "7.15"]),
        ("relative", "-100", ["0", "0"]),
        ("relative", "3,33", ["2.0666", "6.7165"]),
    ],
)
def test_points_and_percent_are_two_things(operator_pages, bank, step, value, expected):
    change(operator_pages, bank, step=step, value=value)
    assert rates(bank) == expected
    assert Installment.objects.get(card__channel=bank.channel, interest_rate=3), "another bank's"


def test_the_preview_shows_old_and_new_and_changes_nothing(operator_pages, bank):
    table = preview(operator_pages, bank).context["preview"].tables[0]
    assert [row[1:] for row in table.rows] == [(2, "2%", "2.5%"), (6, "6.5%", "7%")]
    assert rates(bank) == ["2", "6.5"]


def test_one_number_of_installments_may_be_chosen(operator_pages, bank):
    change(operator_pages, bank, installments="6")
    assert rates(bank) == ["2", "7"]


def test_no_rate_is_below_zero(operator_pages, bank):
    page = change(operator_pages, bank, value="-3")
    assert "would be below 0" in page.content.decode()
    assert not page.context["preview"].is_possible
    assert rates(bank) == ["2", "6.5"]


def test_rates_above_the_usual_bound_are_asked_about(operator_pages, bank, settings):
    settings.INTEREST_RATE_BOUND = 7
    page = change(operator_pages, bank, value="1")
    assert "1 rate is above the usual 7%" in page.content.decode()
    assert page.context["errors"] == ["Tick the box if it is right."]
    assert rates(bank) == ["2", "6.5"]
    change(operator_pages, bank, value="1", sure=True)
    assert rates(bank) == ["3", "7.5"]


def test_a_stale_preview_changes_nothing(operator_pages, bank):
    seen = preview(operator_pages, bank).context["preview"].seen
    Installment.objects.filter(card__bank=bank, installment_count=2).update(interest_rate="2.1")
    page = change(operator_pages, bank, seen=seen)
    assert "Review it again" in page.content.decode()
    assert rates(bank) == ["2.1", "6.5"]


def test_the_button_pressed_twice_raises_once(operator_pages, bank):
    seen = preview(operator_pages, bank).context["preview"].seen
    for _press in range(2):
        change(operator_pages, bank, seen=seen)
    assert rates(bank) == ["2.5", "7"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("value", ""),
        ("value", "0"),
        ("value", "1.234"),  # 1234 or 1.234
        ("value", "NaN"),
        ("value", "-101"),
        ("value", "4111111111111111"),
        ("step", "factor"),
        ("installments", "0"),
        ("installments", "x"),
    ],
)
def test_what_is_not_understood_is_an_error_of_its_field(operator_pages, bank, name, value):
    page = preview(operator_pages, bank, **{name: value})
    if page.status_code == 400:
        assert "card number" in page.content.decode()
    else:
        assert list(page.context["form"].errors) == [name]


def test_only_who_may_change_rates_can(auditor_pages, bank):
    assert preview(auditor_pages, bank).status_code == 403
    url = f"{page_url(bank, 'change_rates')}?step=points&value=1"
    assert auditor_pages.post(url, {"seen": ""}).status_code == 403
    assert rates(bank) == ["2", "6.5"]


def test_each_rate_tells_who_changed_it(operator_pages, bank):
    change(operator_pages, bank)
    entry = Entry.objects.filter(object_type="payments.installment", action="changed").earliest("pk")
    assert entry.actor == "olivia"
    assert (entry.before, entry.after) == ({"interest_rate": "2.000000"}, {"interest_rate": "2.5000"})
    assert Decimal(entry.after["interest_rate"]) == Decimal("2.5")
