"""The operator's pages in a real browser, wide and narrow."""

import re

import pytest

from payments.models import POS, BinNumber
from tests.support import factories

BIN_FILE = {"name": "bins.csv", "mimeType": "text/csv", "buffer": b"bin\n411111\nabc\n"}


@pytest.fixture
def card(channel):
    card = factories.CardFactory(channel=channel, name="Bonus Kredi Kartı")
    factories.InstallmentFactory(card=card, installment_count=3, label="3 Taksit")
    factories.MultiCurrencyCardFactory(card=card)
    factories.BankAccountFactory(bank=card.bank)
    for number in range(25):
        factories.BinNumberFactory(card=card, bin_number=f"{520000 + number}")
    return card


def test_no_page_is_wider_than_the_window(page, card):
    paths = ["", "payments/which-pos/", "payments/upload/bins/", "payments/pos/add/", "auth/user/"]
    paths += [f"payments/{name}/" for name in ("channel", "pos", "bank", "card", "binnumber", "bankaccount")]
    paths += [f"payments/card/{card.pk}/change/", f"payments/bank/{card.bank_id}/change/"]
    paths += [f"payments/card/{card.pk}/history/", f"payments/bank/{card.bank_id}/delete/"]
    for path in paths:
        assert page.goto(f"/admin/{path}").status == 200
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_settings_follow_the_gateway_and_nothing_is_lost(page, channel):
    page.goto("/admin/payments/pos/add/")
    page.fill("[name=name]", "Sanal POS")
    gateway = page.locator("[name=gateway]")
    gateway.select_option(label="NestPay")
    page.fill("[name=config__nestpay__client_id]", "190100000")
    assert not page.is_visible("[name=config__gpay__store_key]")
    gateway.select_option(factories.GPAY)
    assert page.is_visible("[name=config__gpay__auth__prov_username__oos]")
    assert not page.is_visible("[name=config__nestpay__client_id]")
    gateway.select_option(factories.NESTPAY)
    assert page.input_value("[name=config__nestpay__client_id]") == "190100000"
    assert page.input_value("[name=name]") == "Sanal POS"
    page.select_option("[name=channel]", label="Shop")
    page.fill("[name=resource_url]", "https://bank.example/")
    page.click("button[name=_save]")
    page.locator(".errornote").wait_for()
    for name in ("username", "store_key", "password"):
        page.fill(f"[name=config__nestpay__{name}]", "geheim-12")
    page.click("button[name=_continue]")
    page.wait_for_url("**/change/**")
    assert POS.objects.get().secret_config["password"] == "geheim-12"
    stored = page.locator(".secret-stored", has=page.locator("[name=config__nestpay__password]"))
    assert re.search(r"Set on .+, ends …12", stored.inner_text())
    assert not page.is_visible("[name=config__nestpay__password]")
    stored.locator("summary").click()
    assert page.input_value("[name=config__nestpay__password]") == ""
    page.fill("[name=config__nestpay__password]", "geheim-34")
    page.click("button[name=_continue]")
    page.locator(".secret-stored", has_text="…34").wait_for()
    secrets = POS.objects.get().secret_config
    assert (secrets["password"], secrets["store_key"]) == ("geheim-34", "geheim-12")


def test_related_objects_are_looked_up_in_the_chosen_channel(page, card):
    factories.BankFactory(name="Elsewhere")
    page.goto("/admin/payments/card/add/")
    page.select_option("[name=channel]", label="Shop")
    page.locator(".field-bank .select2-selection, #id_bank + .select2 .select2-selection").first.click()
    results = page.locator(".select2-results__option:not(.loading-results)")
    results.first.wait_for()
    assert results.all_inner_texts() == [f"{card.bank.name} · Shop"]


def test_the_tab_of_bins_pages_and_searches(page, card):
    page.goto(f"/admin/payments/card/{card.pk}/change/#dataset-binnumber")
    page.locator("text=520019").wait_for()
    assert not page.is_visible("text=520020")
    page.fill("[name=binnumber-q]", "52002")
    page.press("[name=binnumber-q]", "Enter")
    page.locator("text=520024").wait_for()
    assert page.is_visible("text=520024")


def test_a_file_is_checked_then_loaded(page, card):
    page.goto(f"/admin/payments/upload/bins/?card={card.pk}")
    page.set_input_files("[name=file]", files=[BIN_FILE])
    page.click("text=Check the file")
    page.locator("text=Nothing has been saved yet").wait_for()
    assert not BinNumber.objects.filter(bin_number="411111").exists()
    page.click("button:has-text('Import file')")
    page.locator("text=The file was imported").wait_for()
    with page.expect_download() as download:
        page.click("text=Download all rejected rows")
    assert "abc" in download.value.path().read_text()


def test_the_pos_of_a_card_is_found(page, card):
    page.goto("/admin/payments/which-pos/")
    page.select_option("[name=channel]", label="Shop")
    page.fill("[name=bin]", "520001")
    page.fill("[name=amount]", "300")
    page.click("text=Find the POS")
    page.locator("h2:has-text('Result')").wait_for()
    assert page.is_visible("text=₺100.00")


def test_the_language_is_switched(page, card):
    page.goto("/admin/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    page.request.post("/i18n/setlang/", form={"language": "tr", "csrfmiddlewaretoken": token})
    page.goto("/admin/payments/card/")
    assert "Kart Ayarları" in page.content()
