"""The pages of what is owed: lists, search, forms, tabs, and who may open them."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from billing.models import Account, Bill, Subscription
from tests.billing.owed import reserve
from tests.support.factories import AccountFactory, BillFactory, SubscriptionFactory, UserFactory
from tests.support.pages import add_url, errors_of, found, list_url, page_url, queries_of, save

FACTORIES = {Account: AccountFactory, Subscription: SubscriptionFactory, Bill: BillFactory}


@pytest.fixture(params=FACTORIES, ids=lambda model: model.__name__)
def model(request):
    return request.param


def test_a_list_costs_the_same_queries_whatever_its_rows(admin_pages, model):
    FACTORIES[model].create_batch(2)
    admin_pages.get(list_url(model))
    few = queries_of(admin_pages, list_url(model))
    FACTORIES[model].create_batch(20)
    many = queries_of(admin_pages, list_url(model))
    assert len(many) == len(few) <= 10
    assert all("LIMIT 10001" in sql for sql in many if "COUNT(" in sql and f'"{model._meta.db_table}"' in sql)


def test_a_page_costs_the_same_queries_whatever_hangs_on_it(admin_pages, model):
    bill = BillFactory()
    instance = {Account: bill.subscription.account, Subscription: bill.subscription, Bill: bill}[model]
    url = page_url(instance)
    admin_pages.get(url)
    few = queries_of(admin_pages, url)
    SubscriptionFactory.create_batch(25, account=bill.subscription.account)
    BillFactory.create_batch(25, subscription=bill.subscription)
    many = queries_of(admin_pages, url)
    assert len(many) == len(few) <= 20


def test_an_account_shows_its_subscriptions_and_these_their_bills(admin_pages, db):
    bill = BillFactory(number=54321, amount="125.50", subscription=SubscriptionFactory(number=458752))
    BillFactory(number=77777)
    page = admin_pages.get(page_url(bill.subscription.account)).content.decode()
    assert page_url(bill.subscription) in page
    page = admin_pages.get(page_url(bill.subscription)).content.decode()
    assert page_url(bill) in page
    assert "₺125.50" in page
    assert "77777" not in page


def test_a_bill_shows_its_payments_and_keeps_its_amount(admin_pages, db):
    bill = BillFactory(number=54321, amount="125.50")
    assert "ORDER" not in admin_pages.get(page_url(bill)).content.decode()
    payment = reserve(bill)
    response = admin_pages.get(page_url(bill))
    assert payment.order_id in response.content.decode()
    assert {"amount", "subscription"}.isdisjoint(response.context["adminform"].form.fields)
    assert "₺125.50" in response.content.decode()
    save(admin_pages, page_url(bill), description="Later")
    bill.refresh_from_db()
    assert (bill.description, str(bill.amount)) == ("Later", "125.5000")


def test_what_has_a_payment_is_not_deleted(admin_pages, db):
    bill = BillFactory()
    reserve(bill)
    page = admin_pages.post(page_url(bill, "delete"), {"post": "yes"}, follow=True).content.decode()
    assert "Payments" in page
    assert Bill.objects.filter(pk=bill.pk).exists()


def test_a_bill_is_added_in_its_accounts_currency_with_a_number_of_ours(admin_pages, db):
    subscription = SubscriptionFactory(account=AccountFactory(currency="JPY"))
    fields = {"subscription": subscription.pk, "issued_on": "2026-01-01", "due_on": "2026-01-31"}
    refused = admin_pages.post(add_url(Bill), fields | {"amount": "1.5"})
    assert errors_of(refused) == {"amount": ["Amount has too many decimal places for JPY."]}
    admin_pages.post(add_url(Bill), fields | {"amount": "1000"})
    bill = Bill.objects.get()
    assert (bill.currency, str(bill.amount), bill.number >= 1_000_000_000) == ("JPY", "1000.0000", True)
    assert admin_pages.get(page_url(bill)).context["adminform"].form.initial["amount"] == 1000


def test_an_account_is_added_and_its_channel_stays(admin_pages, channel):
    fields = {"channel": channel.pk, "account_number": "84808", "name": "Mary Irwin", "currency": "TRY"}
    admin_pages.post(add_url(Account), fields)
    account = Account.objects.get()
    assert "channel" not in admin_pages.get(page_url(account)).context["adminform"].form.fields
    assert errors_of(admin_pages.post(add_url(Account), fields)) == {
        "account_number": ["Account with this Account number already exists."]
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The currency of an account with bills or payments cannot be changed."),
        ("tr", "Faturası veya ödemesi olan bir hesabın para birimi değiştirilemez."),
    ],
)
def test_broken_rules_are_told_in_the_operators_language(admin_pages, language, text):
    bill = BillFactory()
    admin_pages.cookies["django_language"] = language
    page = save(admin_pages, page_url(bill.subscription.account), currency="USD")
    assert errors_of(page) == {"currency": [text]}


def test_numbers_are_searched_whole_with_the_index(admin_pages, db):
    subscription = SubscriptionFactory(
        number=458752, account=AccountFactory(account_number="A-1", name="Zeynep Ak")
    )
    bill = BillFactory(number=54321, subscription=subscription)
    BillFactory(number=543210)
    for term in ("54321", " 54321 ", "458752", "A-1"):
        assert found(admin_pages, Bill, q=term) == [bill], term
    for term in ("458752", "A-1"):
        assert found(admin_pages, Subscription, q=term) == [subscription], term
    for term in ("9" * 40, "٥٤٣٢١", "nothing", "5432"):
        assert found(admin_pages, Bill, q=term) == [], term
    assert found(admin_pages, Account, q="A-1") == [subscription.account]
    assert found(admin_pages, Account, q="zey") == [subscription.account]
    assert found(admin_pages, Account, q="nobody") == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = admin_pages.get(list_url(Bill), {"q": "54321"}).context["cl"].queryset
        plan = rows.select_related(None).order_by().explain()
    assert "billing_bill_number" in plan


def test_bills_are_filtered(admin_pages, db):
    bill, later = BillFactory(due_on="2026-01-31"), BillFactory(due_on="2026-02-28")
    account = bill.subscription.account_id
    assert found(admin_pages, Bill, due_on_from="2026-02-01") == [later]
    assert found(admin_pages, Bill, due_on_to="2026-01-31") == [bill]
    assert found(admin_pages, Bill, subscription__id__exact=bill.subscription_id) == [bill]
    assert found(admin_pages, Bill, subscription__account__id__exact=account) == [bill]
    assert found(admin_pages, Bill, status="paid") == []
    assert len(found(admin_pages, Bill, status="open")) == 2


@pytest.mark.parametrize(
    "query", ["due_on_from=x", "status=x", "subscription__id__exact=x", "q=%00", "p=99999", "nope=1"]
)
def test_strange_queries_are_no_errors(admin_pages, query):
    assert admin_pages.get(f"{list_url(Bill)}?{query}", follow=True).status_code == 200
    assert admin_pages.get(f"{list_url(Bill)}export_csv/?{query}", follow=True).status_code == 200


def test_subscriptions_are_chosen_by_typing_their_number(admin_pages, db):
    subscription = SubscriptionFactory(number=458752)
    query = {"app_label": "billing", "model_name": "bill", "field_name": "subscription", "term": "458752"}
    answer = admin_pages.get(reverse("admin:autocomplete"), query).json()
    assert [row["id"] for row in answer["results"]] == [str(subscription.pk)]


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("Administrator", 200, 200),
        ("Operator", 200, 200),
        ("Finance", 200, 200),
        ("Auditor", 200, 403),
        (None, 403, 403),
    ],
)
def test_roles(role, reads, writes, model, db):
    pages, instance = Client(), FACTORIES[model]()
    pages.force_login(UserFactory(role=role))
    for url in (
        list_url(model),
        page_url(instance),
        page_url(instance, "history"),
        f"{list_url(model)}export_csv/",
    ):
        assert pages.get(url).status_code == reads, url
    assert pages.get(add_url(model)).status_code == writes
    titles = [
        item["title"]
        for group in pages.get("/admin/").context["sidebar_navigation"]
        if group["title"] == "Billing"
        for item in group["items"]
    ]
    assert titles == (["Accounts", "Subscriptions", "Bills"] if role else [])
