"""A person of the desk who is for some channels: lists, pages, forms, actions and uploads of other channels are not
there. What holds for tokens is in test_tokens.py.
"""

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing.attempts.cases import open_case
from billing.models import Delivery, EventSubscription, Refund
from config.kit.audit.models import Entry
from config.kit.identity.access import channel_path
from config.kit.identity.models import Access
from payments.models import Bank, BinNumber
from tests.billing.conftest import make_shop
from tests.support.factories import CardFactory, ChannelFactory, UserFactory
from tests.support.pages import add_url, form_data, list_url, page_url, press

pytestmark = pytest.mark.django_db
SHARED = {
    "auth.Group",
    "auth.User",
    "audit.Entry",
    "billing.ApiClient",
    "billing.BankDay",
    "billing.Delivery",
    "billing.EventSubscription",
    "billing.ExchangeRate",
    "billing.JournalAccount",
    "billing.MatchRule",
    "billing.SourceSystem",
    "billing.Tenant",
    "identity.ConfigurationChange",
    "identity.Login",
    "keys.KnownKey",
    "procrastinate.ProcrastinateJob",
    "vault.AccessLog",
    "vault.ApiKey",
    "vault.Merchant",
    "vault.StoredCard",
}
"""Of no channel: rules of the house, people, programs, and the vault, which has merchants."""


@pytest.fixture
def other(transactional_db):
    """Another channel's shop, where a payment was made."""
    shop = make_shop()
    shop.payment = shop.charge().payment
    return shop


@pytest.fixture
def client(other, browser):
    """Of somebody with all rights but those of a superuser, for a channel of their own."""
    user = UserFactory(role="Administrator")
    user.groups.add(*type(user.groups.first()).objects.all())
    own = ChannelFactory(name="Own")
    Access.objects.create(user=user, channels=[own.pk])
    client = browser(user)
    client.own = own
    return client


def rows_of(shop):
    payment = shop.payment
    return [
        shop.channel, shop.pos, payment.card, payment,
        payment.account, shop.subscription, *shop.bills,
    ]  # fmt: skip


def test_every_model_of_the_desk_leads_to_a_channel_or_belongs_to_none():
    assert {model._meta.label for model in admin.site._registry if not channel_path(model)} == SHARED


def test_lists_and_exports_are_empty(client, other):
    for model in {type(row) for row in rows_of(other)}:
        for url in (list_url(model), f"{list_url(model)}?q={other.payment.order_id}"):
            listed = client.get(url).context["cl"].queryset
            assert set(listed.values_list("pk", flat=True)) <= {client.own.pk}, model


def test_pages_histories_and_deletions_are_not_there(client, other):
    for row in rows_of(other):
        for page in ("change", "history", "delete"):
            answer = client.get(page_url(row, page))
            assert answer.status_code in (302, 403, 404), (row, page)
            assert str(row) not in answer.content.decode()


def test_no_money_of_another_channel_is_moved(client, other):
    for action in ("refund", "void", "ask", "settle"):
        url = page_url(other.payment, action)
        answer = client.post(url, {"amount": "1.00", "reason": "Mine", "idempotency_key": "k" * 32})
        assert answer.status_code in (403, 404), action
    assert not Refund.objects.exists()


@pytest.mark.parametrize("model", [Entry, Delivery, EventSubscription])
def test_what_tells_of_all_channels_is_not_shown(client, other, model):
    assert client.get(list_url(model)).status_code == 403
    assert list_url(model) not in client.get("/admin/").content.decode()


def test_the_dashboard_counts_the_own_channel(client, other):
    page = client.get("/admin/")
    counts = {tile.model.__name__: tile.count for tile in page.context["tiles"]}
    assert (counts["Payment"], counts["Bill"], counts["POS"], counts["Channel"]) == (0, 0, 0, 1)
    open_case(other.payment, "Look at this")
    assert not [alert for alert in client.get("/admin/").context["alerts"] if "ases" in alert.text]


def test_forms_take_nothing_of_another_channel(client, other):
    card = CardFactory(channel=other.channel)
    page = client.get(add_url(BinNumber))
    answer = client.post(add_url(BinNumber), {**form_data(page), "card": card.pk, "bin_number": "411979"})
    assert "card" in answer.context["adminform"].form.errors
    page = client.get(add_url(Bank))
    assert other.channel.name not in page.content.decode()
    sent = {**form_data(page), "channel": other.channel.pk, "name": "x", "slug": "x"}
    assert "channel" in client.post(add_url(Bank), sent).context["adminform"].form.errors
    assert not Bank.objects.filter(slug="x").exists()


def test_the_own_channel_is_worked_with_as_before(client):
    page = client.get(add_url(Bank))
    sent = {**form_data(page), "channel": client.own.pk, "name": "x", "slug": "x"}
    assert client.post(add_url(Bank), sent).status_code == 302
    assert Bank.objects.get(slug="x").channel == client.own


def test_channels_are_made_by_those_who_are_for_all(client):
    assert client.get(add_url(type(client.own))).status_code == 403


def test_files_are_loaded_into_no_other_channel(client, other):
    url = reverse("payments_admin:upload", args=["banks"])
    file = SimpleUploadedFile("banks.csv", b"name,slug\nx,x\n")
    answer = client.post(url, {"channel": other.channel.pk, "file": file})
    assert "channel" in answer.context["form"].errors


def test_choosing_by_typing_finds_nothing(client, other):
    query = {"app_label": "payments", "model_name": "binnumber", "field_name": "card", "term": ""}
    found = client.get(reverse("admin:autocomplete"), query).json()
    assert found["results"] == []


def test_nothing_of_it_is_found_by_the_search_box(client, other):
    answer = client.get(reverse("admin:search"), {"s": other.payment.order_id})
    assert other.payment.order_id not in answer.content.decode().replace(f"s={other.payment.order_id}", "")


def test_a_cloned_pos_stays_in_the_channel(client, other):
    own = make_shop(first_number=70001)
    Access.objects.update(channels=[own.channel.pk])
    answer = press(client, own.pos, "clone", channel=other.channel.pk, name="x", slug="x")
    assert "channel" in answer.context["form"].errors
