"""The search box: what is found, by whom, and what is kept of what was typed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Account, Payment
from config.kit.identity.models import Access
from config.kit.lib.days import today
from tests.billing.conftest import make_shop
from tests.support.factories import (
    AccountFactory,
    BankFactory,
    BinNumberFactory,
    CardFactory,
    PosFactory,
    UserFactory,
)
from tests.support.pages import page_url

URL = "/admin/search/"


@pytest.fixture
def shop(transactional_db):
    return make_shop()


def urls(pages, text: str) -> list[str]:
    found = pages.post(URL, {"q": text, "part": "list"}).context["found"]
    return [hit.url for _group, hits in found for hit in hits]


# --- what is found ---


@pytest.mark.parametrize(
    "typed",
    [
        "{order_id}",
        "{ORDER_ID}",
        "{host_reference}",
        "{auth_code}",
        "54321",
        "1111 215,40 bugün",
        "1111 215.40 today",
        "215,40 TL",
        "₺215,40",
        "1111",
        "{today:%d.%m.%Y}",
        "411111",
    ],
)
def test_a_payment_is_found_by_what_a_customer_or_a_bank_says(admin_pages, shop, typed):
    payment = shop.charge().payment
    facts = {name: getattr(payment, name) for name in ("order_id", "host_reference", "auth_code")}
    text = typed.format(**facts, ORDER_ID=payment.order_id.upper(), today=today())
    assert page_url(payment) in urls(admin_pages, text)


@pytest.mark.parametrize("typed", ["1112 215,40 bugün", "1111 215,41 bugün", "1111 215,40 dün", "1111 Ali"])
def test_all_clues_must_fit(admin_pages, shop, typed):
    payment = shop.charge().payment
    assert page_url(payment) not in urls(admin_pages, typed)


def test_bills_and_subscriptions_are_found_by_number(admin_pages, shop):
    assert page_url(shop.bills[1]) in urls(admin_pages, "54322")
    found = urls(admin_pages, "54321")
    assert {page_url(shop.bills[0]), page_url(shop.subscription)} <= set(found)


@pytest.mark.parametrize(
    "typed",
    [
        "ışık",
        "IŞIK",
        "isik",
        "İsmail Işık",
        "işik ismail",
        "ISIK ism",
        "C-77",
        "ismail@EXAMPLE",
        "0532 123 45 67",
    ]
    + ["+90 (532) 1234567", "5321234567", "0532 123"],
)
def test_an_account_is_found_by_name_number_email_and_phone(admin_pages, db, typed):
    account = AccountFactory(
        name="İsmail IŞIK", account_number="C-777", email="ismail@example.com", phone="+90 532 123 4567"
    )
    AccountFactory(name="Başka Biri", account_number="D-1", email="b@example.com", phone="0 533 123 45 67")
    assert urls(admin_pages, typed) == [page_url(account)]


def test_banks_pos_bins_and_people_are_found(admin_pages, channel):
    bank = BankFactory(channel=channel, name="Türkiye İş Bankası")
    credit = BankFactory(channel=channel, name="Yapı Kredi")
    card = CardFactory(channel=channel, bank=bank, name="Maximum")
    row = BinNumberFactory(card=card, bin_number="454360")
    pos = PosFactory(channel=channel, name="Akbank Sanal")
    person = UserFactory(username="deniz", first_name="Deniz", last_name="Çınar")
    assert page_url(bank) in urls(admin_pages, "iş")
    assert page_url(credit) in urls(admin_pages, "YAPI KREDİ")
    assert page_url(row) in urls(admin_pages, "454360")
    assert page_url(row) in urls(admin_pages, "45436012")
    assert page_url(pos) in urls(admin_pages, "sanal")
    assert page_url(card) in urls(admin_pages, "maximum")
    assert page_url(person) in urls(admin_pages, "CINAR")


def test_pages_are_found_by_their_names(admin_pages, db):
    assert "/admin/billing/refund/" in urls(admin_pages, "refu")
    admin_pages.cookies["django_language"] = "tr"
    assert "/admin/billing/refund/" in urls(admin_pages, "IADE")


def test_nothing_found_says_so_and_what_was_searched(admin_pages, db):
    page = admin_pages.post(URL, {"q": "<zzz> 1", "part": "list"}).content.decode()
    assert "Nothing found for “&lt;zzz&gt; 1”" in page
    for kind in ("Payments", "Bills", "Subscriptions", "Accounts", "POS", "BINs", "People"):
        assert kind in page


def test_the_answer_tells_how_clues_were_read(admin_pages, db):
    page = admin_pages.post(URL, {"q": "3282 1.234 today", "part": "list"}).content.decode()
    for text in ("card ending 3282", "1,234", "1.234"):
        assert text in page


@pytest.mark.parametrize(
    "typed", ["'", "\\", "%", "a:*|b", "((", "\0", "-1", "9" * 100, "x" * 300, "🙂 é", "ahmet’in"]
)
def test_no_text_breaks_the_search(admin_pages, db, typed):
    assert admin_pages.post(URL, {"q": typed, "part": "list"}).status_code == 200


def test_the_page_works_without_a_script(admin_pages, db):
    account = AccountFactory(name="Ada Lovelace")
    assert 'name="q"' in admin_pages.get(URL).content.decode()
    page = admin_pages.post(URL, {"q": "lovelace"}).content.decode()
    assert page_url(account) in page
    assert "search-dialog" in page


# --- by whom ---


def test_nobody_finds_what_they_may_not_open(browser, shop):
    payment = shop.charge().payment
    person = UserFactory(username="narrow")
    person.user_permissions.add(Permission.objects.get(codename="view_account"))
    pages = browser(person)
    found = pages.post(URL, {"q": "54321", "part": "list"})
    assert [group.title for group, _hits in found.context["found"]] == []
    assert "Payments" not in found.context["searched"]
    assert urls(pages, payment.account.name) == [page_url(payment.account)]
    assert "/admin/billing/refund/" not in urls(pages, "refunds")


def test_a_person_for_one_channel_finds_what_is_in_it(browser, shop):
    payment = shop.charge().payment
    elsewhere = AccountFactory(name="Ali Veli")
    person = UserFactory(username="limited", role="Operator")
    Access.objects.create(user=person, channels=[elsewhere.channel_id])
    pages = browser(person)
    assert urls(pages, "Ali Veli") == [page_url(elsewhere)]
    assert urls(pages, payment.order_id) == []
    assert urls(pages, "54321") == []


def test_the_search_asks_for_a_log_in(client, db):
    assert client.post(URL, {"q": "x"}).status_code == 302


# --- what is kept ---


def test_a_card_number_is_refused_and_never_looked_up_or_logged(admin_pages, db, caplog):
    with CaptureQueriesContext(connection) as captured:
        response = admin_pages.post(URL, {"q": "4111 1111 1111 1111", "part": "list"})
    assert "Card numbers are not allowed here." in response.content.decode()
    kept = response.content.decode() + caplog.text + "".join(query["sql"] for query in captured)
    assert "4111 1111" not in kept
    assert "4111111111111111" not in kept
    assert response["Cache-Control"].startswith("max-age=0")
    whole = admin_pages.post(URL, {"q": "4111111111111111"}).content.decode()
    assert "Card numbers are not allowed here." in whole
    assert "4111111111111111" not in whole


def test_what_is_typed_is_never_in_the_address(admin_pages, db):
    AccountFactory(name="Ada Lovelace")
    assert "Lovelace" not in admin_pages.get(URL, {"q": "lovelace"}).content.decode()


# --- at the size of a telco ---


def test_a_search_costs_a_fixed_number_of_queries(admin_pages, shop):
    shop.charge()
    urls(admin_pages, "ali")  # the first request writes what is known of the log-in
    counts = set()
    for rows in (0, 10):
        for _ in range(rows):
            AccountFactory(name="Ali Veli", phone="05321234567")
        with CaptureQueriesContext(connection) as captured:
            urls(admin_pages, "ali")
        counts.add(len(captured))
    assert len(counts) == 1
    assert counts.pop() <= 14


def test_old_payments_of_a_day_are_found(admin_pages, shop):
    payment = shop.charge().payment
    day = payment.created_date - timedelta(days=2)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE billing_payment SET created_date = %s", [day])
        cursor.execute("SET session_replication_role = origin")
    assert page_url(payment) not in urls(admin_pages, "1111 215,40 bugün")
    assert page_url(payment) in urls(admin_pages, f"1111 215,40 {(today() - timedelta(days=2)):%d.%m.%Y}")
    assert Payment.objects.count() == Account.objects.count() == 1
