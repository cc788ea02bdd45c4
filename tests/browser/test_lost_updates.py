"""Two people at one form: the second one to save is shown what the first one changed, and asked."""

from decimal import Decimal

from payments import services
from payments.models import Bank
from tests.support.factories import BankFactory, InstallmentFactory
from tests.support.pages import page_url


def save(page) -> None:
    with page.expect_navigation():
        page.click("[name=_continue]")


def test_a_form_that_was_opened_before_somebody_saved_asks(local_page):
    bank = BankFactory(name="Old name")
    local_page.goto(page_url(bank))
    other = Bank.objects.get(pk=bank.pk)
    other.name = "Their name"
    other.save()
    local_page.fill("#id_name", "My name")
    save(local_page)
    shown = local_page.inner_text("#conflicts")
    assert [text for text in ("Old name", "Their name", "My name") if text not in shown] == []
    bank.refresh_from_db()
    assert bank.name == "Their name"
    save(local_page)
    bank.refresh_from_db()
    assert bank.name == "My name"


def test_a_field_that_nobody_meant_to_change_is_not_set_back(local_page):
    bank = BankFactory(name="Old name")
    local_page.goto(page_url(bank))
    other = Bank.objects.get(pk=bank.pk)
    other.name = "Their name"
    other.save()
    save(local_page)
    bank.refresh_from_db()
    assert bank.name == "Their name"
    assert local_page.is_visible("#conflicts")


def test_the_same_value_is_no_conflict_and_one_save_after_the_other_neither(local_page):
    bank = BankFactory(name="Old name")
    local_page.goto(page_url(bank))
    other = Bank.objects.get(pk=bank.pk)
    other.name = "Same name"
    other.save()
    for name in ("Same name", "Third name"):
        local_page.fill("#id_name", name)
        save(local_page)
        assert not local_page.is_visible("#conflicts")
        bank.refresh_from_db()
        assert bank.name == name


def set_rate(page, value: str) -> None:
    """The table is in a tab that is not shown."""
    page.locator("[name=installments-0-interest_rate]").evaluate(
        "(field, value) => (field.value = value)", value
    )
    save(page)


def test_a_rate_on_a_cards_page_is_saved_and_asked_about(local_page):
    rate = InstallmentFactory(interest_rate="2")
    local_page.goto(page_url(rate.card))
    set_rate(local_page, "3,5")
    rate.refresh_from_db()
    assert rate.interest_rate == Decimal("3.5")
    services.installments.update(rate, interest_rate=Decimal(4))
    set_rate(local_page, "5,5")
    assert local_page.is_visible("#conflicts")
    rate.refresh_from_db()
    assert rate.interest_rate == 4
    set_rate(local_page, "5,5")
    rate.refresh_from_db()
    assert rate.interest_rate == Decimal("5.5")
