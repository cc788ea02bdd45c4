"""The vault's pages in a real browser, wide and narrow."""

from tests.vault.conftest import make_shop
from vault.models import AccessLog, ApiKey, Merchant, StoredCard


def test_keys_are_made_copied_and_gone(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/admin/vault/merchant/add/")
    page.fill("[name=name]", "Bakkal")
    page.click("button[name=_save]")
    page.wait_for_url("**/apikey/add/**")
    page.click("button[name=_save]")
    shown = page.input_value("#key-apikeyprivate")
    page.bring_to_front()  # a page without focus may not write to the clipboard
    page.click("[data-copy=key-apikeyprivate]")
    page.locator("button:has-text('Copied')").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    assert shown.startswith(ApiKey.objects.get(merchant=Merchant.objects.get()).prefix)
    page.click("text=I have copied them")
    page.wait_for_url("**/change/**")
    assert shown not in page.content()


def test_no_page_of_the_vault_is_wider_than_the_window(page):
    shop = make_shop("Bakkal")
    shop.save(RelationalId2="a-rather-long-relational-id-of-a-customer", RelationalId3="7")
    card, line = StoredCard.objects.get(), AccessLog.objects.get()
    paths = ["merchant/", "apikey/", "storedcard/", "accesslog/", "apikey/add/"]
    paths += [f"merchant/{shop.merchant.pk}/{name}/" for name in ("change", "delete", "history")]
    paths += [f"apikey/{shop.key.pk}/{name}/" for name in ("change", "rotate", "revoke")]
    paths += [f"storedcard/{card.pk}/{name}/" for name in ("change", "new-code")]
    for path in [*paths, f"accesslog/{line.pk}/change/"]:
        assert page.goto(f"/admin/vault/{path}").status == 200, path
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_a_cards_accesses_are_on_its_page(page):
    shop = make_shop("Bakkal")
    shop.save()
    shop.list()
    page.goto(f"/admin/vault/storedcard/{StoredCard.objects.get().pk}/change/#dataset-accesslog")
    page.locator(f"text=keys {shop.private[:8]}").first.wait_for()
    assert page.locator(f"text=keys {shop.private[:8]}").count() == 2
