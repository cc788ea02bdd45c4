"""The vault's pages: who may open what, what they show, and what they leave in the log."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from rest_framework.test import APIClient

from tests.support.factories import UserFactory
from tests.support.pages import add_url, errors_of, list_url, page_url, save
from tests.vault.conftest import PATH, make_shop
from vault import services
from vault.models import AccessLog, ApiKey, Merchant, StoredCard

HOLDER, IDENTITY = "Şükrü Gizli", "17654932298"


@pytest.fixture
def card(shop) -> StoredCard:
    shop.save(HolderName=HOLDER)
    return StoredCard.objects.get()


def shown_keys(response) -> dict[str, str]:
    """The pair on the page that shows it once."""
    found = re.findall(r'<input id="key-(\w+)"[^>]*value="([^"]+)"', response.content.decode())
    return dict(found)


def status_of(keys) -> int:
    return APIClient().get(PATH, headers={**keys, "relationalid1": "1"}).status_code


# --- merchants and keys


def test_a_new_merchant_leads_on_to_its_keys(admin_pages):
    answer = save(admin_pages, add_url(Merchant), name="Bakkal")
    assert answer.url == f"{add_url(ApiKey)}?merchant={Merchant.objects.get().pk}"


def test_new_keys_are_shown_once_and_work(admin_pages, shop):
    answer = save(
        admin_pages, add_url(ApiKey), merchant=shop.merchant.pk, allowed_addresses="127.0.0.1, 10.0.0.0/8"
    )
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    keys = shown_keys(answer)
    assert set(keys) == {"apikeyprivate", "apiclientprivate"}
    assert status_of(keys) == 200
    key = ApiKey.objects.latest("pk")
    assert key.allowed_addresses == ["127.0.0.1", "10.0.0.0/8"]
    for url in (page_url(key), list_url(ApiKey), page_url(key, "history")):
        text = admin_pages.get(url).content.decode()
        assert key.prefix in text
        assert keys["apikeyprivate"] not in text
        assert keys["apiclientprivate"] not in text


def test_what_is_no_address_is_said_at_its_field(admin_pages, shop):
    answer = save(admin_pages, add_url(ApiKey), merchant=shop.merchant.pk, allowed_addresses="shop.example")
    assert list(errors_of(answer)) == ["allowed_addresses"]
    assert ApiKey.objects.count() == 1


def test_a_pair_is_rotated_with_an_overlap(admin_pages, shop):
    url = reverse("admin:vault_apikey_rotate", args=[shop.key.pk])
    assert "24" in admin_pages.get(url).content.decode()
    keys = shown_keys(admin_pages.post(url, {"overlap": "24"}))
    assert (status_of(keys), status_of(shop.headers)) == (200, 200)
    shown_keys(admin_pages.post(url, {"overlap": "0"}))
    assert status_of(shop.headers) == 401


def test_a_pair_is_revoked_after_a_question(admin_pages, shop):
    url = reverse("admin:vault_apikey_revoke", args=[shop.key.pk])
    admin_pages.get(url)
    assert status_of(shop.headers) == 200
    admin_pages.post(url)
    assert status_of(shop.headers) == 401
    assert admin_pages.post(url).status_code == 403


def test_deleting_a_merchant_ends_its_keys_and_keeps_its_row(admin_pages, shop, card):
    assert admin_pages.post(page_url(shop.merchant, "delete"), {"post": "yes"}).status_code == 302
    merchant = Merchant.objects.get()
    assert merchant.deleted_at is not None
    assert status_of(shop.headers) == 401
    assert admin_pages.get(page_url(merchant)).status_code == 200
    assert save_is_refused(admin_pages, merchant)
    admin_pages.post(list_url(Merchant), {"action": "switch_on", "_selected_action": [merchant.pk]})
    assert not Merchant.objects.get().is_active


def save_is_refused(client, merchant) -> bool:
    return client.post(page_url(merchant), {"name": "Again", "is_active": "on"}).status_code == 403


# --- cards and the log


def test_pages_show_masks_only(admin_pages, shop, card):
    exports = [f"{list_url(StoredCard)}export_csv/", f"{list_url(AccessLog)}export_csv/"]
    for url in (list_url(StoredCard), page_url(card), list_url(AccessLog), *exports):
        answer = admin_pages.get(url)
        text = (answer.getvalue() if answer.streaming else answer.content).decode()
        assert answer.status_code == 200
        for secret in (HOLDER, "Gizli", IDENTITY, card.sealed["unique_code"], "gAAAA"):
            assert secret not in text, url
    page = admin_pages.get(page_url(card)).content.decode()
    assert "176****298" in page
    assert "Ş*** G***" in page


def test_every_look_and_every_export_is_in_the_log(admin_pages, ada, card):
    admin_pages.get(page_url(card))
    admin_pages.get(f"{list_url(StoredCard)}export_csv/?q=003").getvalue()
    look, export = AccessLog.objects.filter(user=ada).order_by("pk")
    assert (look.action, look.card_ids, look.merchant) == ("look", [card.pk], card.merchant)
    assert (export.action, export.detail) == ("export", "q=003")


def test_cards_are_found_by_their_relational_id(admin_pages, shop, card):
    shop.save(RelationalId1="0034")
    assert admin_pages.get(f"{list_url(StoredCard)}?q=003").context["cl"].result_count == 1
    assert admin_pages.get(f"{list_url(StoredCard)}?q=00").context["cl"].result_count == 0
    assert admin_pages.get(f"{list_url(StoredCard)}?expired=yes").context["cl"].result_count == 0
    assert admin_pages.get(f"{list_url(StoredCard)}?expired=no").context["cl"].result_count == 2


def test_the_log_is_found_by_card_key_action_and_result(admin_pages, shop, rival, card):
    shop.list()
    rival.delete("unknown")
    url = list_url(AccessLog)
    counts = {
        f"?q={card.pk}": 2,
        f"?q={shop.private[:8]}": 2,
        f"?q={rival.private[:8]}": 1,
        "?q=nothing": 0,
        "?action__exact=list": 1,
        "?result=failed": 1,
        "?result=ok": 2,
        f"?merchant={shop.merchant.pk}": 2,
        "?at_from=2020-01-01&at_to=2020-01-02": 0,
    }
    assert {query: admin_pages.get(url + query).context["cl"].result_count for query in counts} == counts


def test_a_card_gets_a_new_code_after_a_question(admin_pages, shop, card):
    url = reverse("admin:vault_storedcard_new_code", args=[card.pk])
    old = card.sealed["unique_code"]
    assert admin_pages.get(url).status_code == 200
    assert StoredCard.objects.get().sealed["unique_code"] == old
    admin_pages.post(url)
    assert StoredCard.objects.get().sealed["unique_code"] != old
    assert shop.put(old).status_code == 404


def test_chosen_cards_get_new_codes_after_a_question(admin_pages, shop, card):
    shop.save(Month=1)
    other = StoredCard.objects.latest("pk")
    data = {"action": "new_codes", "_selected_action": [card.pk]}
    question = admin_pages.post(list_url(StoredCard), data)
    assert f'name="_selected_action" value="{card.pk}"' in question.content.decode()
    before = {row.pk: row.sealed["unique_code"] for row in StoredCard.objects.all()}
    assert card.sealed["unique_code"] == before[card.pk]
    admin_pages.post(list_url(StoredCard), {**data, "confirmed": "1"})
    after = {row.pk: row.sealed["unique_code"] for row in StoredCard.objects.all()}
    assert after[card.pk] != before[card.pk]
    assert after[other.pk] == before[other.pk]


def test_nothing_of_cards_and_log_is_written_on_pages(admin_pages, card):
    line = AccessLog.objects.latest("pk")
    for instance in (card, line):
        assert admin_pages.post(page_url(instance), {"nickname": "x"}).status_code == 403
        assert admin_pages.post(page_url(instance, "delete"), {"post": "yes"}).status_code == 403
        assert admin_pages.get(add_url(type(instance))).status_code == 403
        assert admin_pages.get(page_url(instance, "history")).status_code == 404


def test_exports_have_no_column_of_secrets(admin_pages, shop, card):
    rows = list(
        csv.reader(
            io.StringIO(admin_pages.get(f"{list_url(StoredCard)}export_csv/").getvalue().decode("utf-8-sig"))
        )
    )
    assert "Nickname" in rows[0]
    assert not {"Sealed", "Identity hash", "Unique code hash"} & set(rows[0])
    sheet = load_workbook(io.BytesIO(admin_pages.get(f"{list_url(ApiKey)}export_xlsx/").getvalue())).active
    header = [cell.value for cell in next(sheet.rows)]
    assert "Prefix" in header
    assert not {"Sealed", "Private hash", "Client hash"} & set(header)


@pytest.mark.parametrize("model", [Merchant, ApiKey, StoredCard, AccessLog], ids=lambda model: model.__name__)
def test_a_list_costs_the_same_queries_whatever_its_rows(admin_pages, shop, model):
    def fill(count):
        for number in range(count):
            make_shop(f"{model.__name__} {Merchant.objects.count()}").save(Month=number % 12 + 1)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin_pages.get(list_url(model)).status_code == 200
        return len(captured)

    fill(2)
    queries()
    few = queries()
    fill(12)
    assert queries() == few <= 10


# --- roles

READ, WRITE = "read", "write"
ROLES = {"Administrator": WRITE, "Operator": WRITE, "Auditor": READ, "Finance": None, None: None}


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_each_role_opens_what_it_may(role, shop, card):
    client = Client()
    client.force_login(UserFactory(role=role))
    line = AccessLog.objects.latest("pk")
    reading = [list_url(type(one)) for one in (shop.merchant, shop.key, card, line)]
    reading += [page_url(one) for one in (shop.merchant, shop.key, card, line)]
    for url in reading:
        assert client.get(url).status_code == (200 if ROLES[role] else 403), url
    writing = [add_url(Merchant), add_url(ApiKey), page_url(shop.merchant, "delete")]
    writing += [reverse(f"admin:vault_apikey_{name}", args=[shop.key.pk]) for name in ("rotate", "revoke")]
    writing += [reverse("admin:vault_storedcard_new_code", args=[card.pk])]
    for url in writing:
        assert client.get(url).status_code == (200 if ROLES[role] == WRITE else 403), url


def test_nobody_writes_the_log_by_any_way(shop, card):
    from django.db import ProgrammingError, transaction

    for change in (lambda: AccessLog.objects.update(error_code=1), lambda: AccessLog.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()
    services.merchants.delete(shop.merchant)
    assert AccessLog.objects.exists()
