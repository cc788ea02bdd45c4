"""The pages of payment methods and of who adds them: lists, forms, masks, and who may open them."""

import pytest
from django.test import Client
from django.utils import timezone

from billing import services
from billing.models import (
    BillingAddress,
    MethodEvent,
    PaymentMethod,
    SourceSystem,
    Subscription,
    Tenant,
)
from billing.services import add_method
from tests.support.factories import (
    AccountFactory,
    BillingAddressFactory,
    PaymentMethodFactory,
    SourceSystemFactory,
    SubscriptionFactory,
    TenantFactory,
    UserFactory,
)
from tests.support.pages import add_url, errors_of, found, list_url, page_url, queries_of, save

BANK = {
    "kind": 2,
    "masked_card": "",
    "brand": "",
    "expiry_month": None,
    "expiry_year": None,
    "bank_account_number": "987650123456",
    "bank_routing_number": "3456324",
    "gateway": "",
    "gateway_token": None,
}


def event(**_):
    subscription = SubscriptionFactory(tenant=TenantFactory())
    new = add_method.NewMethod(
        subscription=subscription,
        source_system=SourceSystemFactory(),
        fields={"kind": 9, "holder_name": "Clark Kent"},
        reference="request-1",
    )
    add_method.add_method(new)
    return MethodEvent.objects.order_by("-pk").first()


FACTORIES = {
    PaymentMethod: PaymentMethodFactory,
    BillingAddress: BillingAddressFactory,
    Tenant: TenantFactory,
    SourceSystem: SourceSystemFactory,
    MethodEvent: event,
}


@pytest.fixture(params=FACTORIES, ids=lambda model: model.__name__)
def model(request):
    return request.param


def test_a_list_costs_the_same_queries_whatever_its_rows(admin_pages, model):
    for _ in range(2):
        FACTORIES[model]()
    admin_pages.get(list_url(model))
    few = queries_of(admin_pages, list_url(model))
    for _ in range(8):
        FACTORIES[model]()
    assert len(queries_of(admin_pages, list_url(model))) == len(few) <= 10


def test_pages_exports_and_history_open(admin_pages, model):
    instance = FACTORIES[model]()
    for url in (page_url(instance), f"{list_url(model)}export_csv/"):
        answer = admin_pages.get(url)
        assert answer.status_code == 200, url
        assert b"".join(answer)
    history = admin_pages.get(page_url(instance, "history"))
    assert history.status_code == (404 if model is MethodEvent else 200)


def test_numbers_and_tokens_are_in_clear_on_no_page(admin_pages, db):
    bank = PaymentMethodFactory(**BANK)
    card = PaymentMethodFactory(account=bank.account, gateway_token="ASFWE234234")
    pages = [
        list_url(PaymentMethod),
        page_url(bank),
        page_url(card),
        page_url(bank, "history"),
        page_url(bank.account),
        f"{list_url(PaymentMethod)}export_csv/",
    ]
    for url in pages:
        answer = admin_pages.get(url)
        text = b"".join(answer).decode("utf-8-sig")
        for clear in ("987650123456", "3456324", "ASFWE234234", "gAAAA"):
            assert clear not in text, url
    assert "********3456" in admin_pages.get(page_url(bank)).content.decode()
    assert "********4234" in admin_pages.get(page_url(card)).content.decode()


def test_a_card_is_added_and_is_the_accounts_own(admin_pages, db):
    account = AccountFactory()
    answer = save(
        admin_pages,
        add_url(PaymentMethod),
        account=account.pk,
        kind="1",
        holder_name="Mary Irwin",
        masked_card="4111 11XX XXXX 1111",
        brand="visa",
        expiry_month="12",
        expiry_year="2040",
        gateway="dummypay",
        gateway_token_text="ASFWE234234",
    )
    assert answer.status_code == 302, errors_of(answer)
    method = PaymentMethod.objects.get()
    assert (method.masked_card, method.gateway_token, method.is_default) == (
        "411111******1111",
        "ASFWE234234",
        True,
    )


def test_what_is_left_as_it_is_stays_and_what_is_emptied_goes(admin_pages, db):
    method = PaymentMethodFactory(**BANK)
    assert save(admin_pages, page_url(method), holder_name="Bruce Wayne").status_code == 302
    method = PaymentMethod.objects.get()
    assert (method.holder_name, method.bank_account_number) == ("Bruce Wayne", "987650123456")
    typed = {"bank_account_number_text": "111222333444", "bank_routing_number_text": None}
    save(admin_pages, page_url(method), **typed)
    method = PaymentMethod.objects.get()
    assert (method.bank_account_mask, method.bank_routing_number) == ("********3444", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"masked_card": "4111111111111111"}, "masked_card"),
        ({"holder_name": "4111111111111111"}, "holder_name"),
        ({"gateway_token_text": "4111111111111111"}, "gateway_token_text"),
        ({"expiry_month": "13"}, "expiry_month"),
        ({"is_active": None}, "is_default"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(admin_pages, db, change, field):
    method = PaymentMethodFactory()
    answer = save(admin_pages, page_url(method), **change)
    assert list(errors_of(answer)) == [field]
    if field != "masked_card" and field != "holder_name":
        assert "4111111111111111" not in answer.content.decode()


def test_an_address_of_another_account_is_told(admin_pages, db):
    method, address = PaymentMethodFactory(), BillingAddressFactory()
    answer = save(admin_pages, page_url(method), billing_address=address.pk)
    assert "must belong to the same account" in str(errors_of(answer))


def test_methods_are_searched_and_filtered(admin_pages, db):
    today = timezone.localdate()
    first = PaymentMethodFactory(account__account_number="84808", external_id="Test123XYZ")
    soon = PaymentMethodFactory(expiry_month=today.month, expiry_year=today.year)
    gone = PaymentMethodFactory(expiry_month=6, expiry_year=2012)
    assert found(admin_pages, PaymentMethod, q="84808") == [first]
    assert found(admin_pages, PaymentMethod, q="Test123XYZ") == [first]
    assert found(admin_pages, PaymentMethod, q="nobody") == []
    assert found(admin_pages, PaymentMethod, expiry="soon") == [soon]
    assert found(admin_pages, PaymentMethod, expiry="expired") == [gone]
    assert found(admin_pages, PaymentMethod, expiry="valid") == [soon, first]


def test_methods_are_switched_off_many_at_a_time_and_never_deleted(admin_pages, db):
    method = PaymentMethodFactory()
    data = {"action": "switch_off", "_selected_action": [method.pk]}
    admin_pages.post(list_url(PaymentMethod), data)
    method.refresh_from_db()
    assert (method.is_active, method.is_default) == (False, False)
    assert admin_pages.get(page_url(method, "delete")).status_code == 403


def test_a_method_of_nobody_shows_what_its_client_says(admin_pages, db):
    method = PaymentMethodFactory(
        account=None, client="client:crm", type="TokenizedCard", name="Mary's card", status_text="Active"
    )
    page = admin_pages.get(page_url(method)).content.decode()
    for text in ("client:crm", "TokenizedCard", "Mary&#x27;s card", "Active"):
        assert text in page
    assert "client:crm" not in admin_pages.get(page_url(PaymentMethodFactory())).content.decode()
    assert admin_pages.get(list_url(PaymentMethod)).status_code == 200


def test_a_removed_method_stays_removed(admin_pages, db):
    method = PaymentMethodFactory()
    services.payment_methods.remove(method)
    response = save(admin_pages, page_url(method), is_active="on")
    assert "removed" in str(errors_of(response))
    method.refresh_from_db()
    assert not method.is_active


@pytest.mark.parametrize(
    ("configuration", "shown"),
    [(None, "Missing"), ("text", "Invalid"), ({"payment_gateway": "dummypay"}, "dummypay")],
)
def test_a_tenants_list_says_which_configuration_cannot_be_used(admin_pages, db, configuration, shown):
    tenant = TenantFactory()
    Tenant.objects.filter(pk=tenant.pk).update(configuration=configuration)
    assert shown in admin_pages.get(list_url(Tenant)).content.decode()


def test_an_empty_configuration_is_not_a_missing_one(admin_pages, db):
    tenant = TenantFactory(configuration={})
    assert save(admin_pages, page_url(tenant), name="Renamed").status_code == 302
    tenant.refresh_from_db()
    assert (tenant.name, tenant.configuration) == ("Renamed", {})
    assert save(admin_pages, page_url(tenant), configuration="").status_code == 302
    tenant.refresh_from_db()
    assert tenant.configuration is None


def test_an_event_shows_its_steps(admin_pages, db):
    page = admin_pages.get(page_url(event())).content.decode()
    for step in ("Event created", "Payment method saved", "Event closed"):
        assert step in page


def test_a_subscription_gets_its_tenant(admin_pages, db):
    subscription, tenant = SubscriptionFactory(), TenantFactory()
    assert save(admin_pages, page_url(subscription), tenant=tenant.pk).status_code == 302
    assert Subscription.objects.get().tenant == tenant


TITLES = ["Payment methods", "Expiring cards", "Billing addresses", "Events", "Tenants", "Source systems"]
WRITERS = {
    PaymentMethod: {"Administrator", "Operator", "Finance"},
    BillingAddress: {"Administrator", "Operator", "Finance"},
    Tenant: {"Administrator", "Operator"},
    SourceSystem: {"Administrator", "Operator"},
    MethodEvent: set(),
}


@pytest.mark.parametrize("role", ["Administrator", "Operator", "Finance", "Auditor", None])
def test_roles(role, model, db):
    pages, instance = Client(), FACTORIES[model]()
    pages.force_login(UserFactory(role=role))
    reads = 200 if role else 403
    for url in (list_url(model), page_url(instance), f"{list_url(model)}export_csv/"):
        assert pages.get(url).status_code == reads, url
    assert pages.get(add_url(model)).status_code == (200 if role in WRITERS[model] else 403)
    titles = [
        item["title"]
        for group in pages.get("/admin/").context["sidebar_navigation"]
        if group["title"] == "Payment methods"
        for item in group["items"]
    ]
    assert titles == (TITLES if role else [])


def test_who_only_reads_sees_masks(aydin):
    method, pages = PaymentMethodFactory(**BANK), Client()
    pages.force_login(aydin)
    text = pages.get(page_url(method)).content.decode()
    assert "********3456" in text
    assert "987650123456" not in text
