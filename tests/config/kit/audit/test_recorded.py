"""Who did what: each kind of thing that the audit log has to tell."""

import json

import pytest
from django.test import Client

from billing import services as billing_services
from billing.models import ApiClient
from billing.services.api_client import create_client, end_former_secret, rotate_secret
from billing.services.refund import approve, refund_payment
from billing.states import RefundState
from config.kit.audit.models import Action, ActorKind, Entry
from payments import services
from payments.models import Bank
from tests.billing.conftest import make_shop
from tests.conftest import client_of
from tests.support.factories import (
    NESTPAY,
    AccountFactory,
    BankFactory,
    BillingAddressFactory,
    PaymentMethodFactory,
    PosFactory,
    UserFactory,
)
from tests.support.pages import add_url, form_data, list_url, page_url

pytestmark = pytest.mark.django_db
SECRET = "STOREKEY-OF-THE-BANK"
CONFIG = {"username": "u", "client_id": "100", "store_key": SECRET, "password": "PASSWORD-456"}


def told(action: Action) -> Entry:
    """The last entry of its kind."""
    return Entry.objects.filter(action=action).latest("pk")


def test_log_ins_and_log_outs():
    user = UserFactory(username="olivia", password="right and long")  # noqa: S106
    browser = Client(REMOTE_ADDR="203.0.113.9")
    browser.post("/admin/login/", {"username": "olivia", "password": "wrong"})
    failed = told(Action.LOG_IN_FAILED)
    assert (failed.object_name, failed.address) == ("olivia", "203.0.113.9")
    browser.login(username="olivia", password="right and long")  # noqa: S106
    browser.post("/admin/logout/")
    for action in (Action.LOGGED_IN, Action.LOGGED_OUT):
        entry = told(action)
        assert (entry.actor, entry.actor_id, entry.actor_kind) == ("olivia", user.pk, ActorKind.PERSON)


def test_a_card_number_typed_as_a_name_is_not_kept():
    Client().post("/admin/login/", {"username": "4111111111111111", "password": "p"})
    assert not Entry.objects.filter(object_name__contains="41111111").exists()


def test_a_change_has_who_what_where_and_before_and_after(olivia, browser):
    bank = BankFactory(name="Old name")
    page = browser(olivia)
    data = form_data(page.get(page_url(bank))) | {"name": "New name"}
    page.post(page_url(bank), data, headers={"X-Request-ID": "request-77"}, REMOTE_ADDR="203.0.113.9")
    entry = told(Action.CHANGED)
    assert (entry.object_type, entry.object_id) == ("payments.bank", str(bank.pk))
    assert (entry.actor, entry.address, entry.request_id) == ("olivia", "203.0.113.9", "request-77")
    assert (entry.before, entry.after) == ({"name": "Old name"}, {"name": "New name"})


def test_changes_of_the_api_have_their_user(olivia):
    bank = BankFactory(name="Old name")
    client_of(olivia).patch(f"/api/v1/banks/{bank.pk}/", {"name": "New name"}, format="json")
    assert told(Action.CHANGED).actor == "olivia"


def test_creating_and_deleting(api):
    bank = BankFactory(name="Short-lived")
    assert told(Action.CREATED).after["name"] == "Short-lived"
    services.banks.delete(Bank.objects.get(pk=bank.pk))
    gone = told(Action.DELETED)
    assert (gone.object_id, gone.before["name"]) == (str(bank.pk), "Short-lived")


def test_what_did_not_change_is_not_told():
    bank = BankFactory()
    before = Entry.objects.count()
    services.banks.update(bank, name=bank.name)
    assert Entry.objects.count() == before


def test_secrets_are_masked_and_their_change_is_seen():
    pos = PosFactory(gateway=NESTPAY, config=CONFIG, resource_url="https://sanalpos.isbank.com.tr/fim/api")
    services.pos.update(pos, config={**CONFIG, "store_key": "ANOTHER-KEY-OF-THE-BANK"})
    entry = told(Action.CHANGED)
    assert "secret_config" in entry.after
    every = " ".join(str([each.before, each.after, each.object_name]) for each in Entry.objects.all())
    assert SECRET not in every
    assert "ANOTHER-KEY" not in every


def test_personal_data_is_not_in_a_log_that_cannot_be_erased():
    account = AccountFactory(name="Ayşe Yılmaz", email="ayse@mail.example", phone="5321234567")
    BillingAddressFactory(account=account, street="Çiçek Sokak 5")
    method = PaymentMethodFactory(account=account, holder_name="Ayşe Yılmaz", details={"nickname": "Ayşem"})
    billing_services.accounts.update(account, name="Ayşe Demir", currency="EUR")
    billing_services.payment_methods.update(method, card_owner="Fatma Yılmaz")
    billing_services.payment_methods.remove(method)
    kept = json.dumps(list(Entry.objects.values()), default=str, ensure_ascii=False)
    for text in ("Ayşe", "Yılmaz", "ayse@", "5321234567", "Çiçek", "Demir", "Fatma"):
        assert text not in kept, text
    changed = Entry.objects.filter(action=Action.CHANGED, object_type="billing.account").latest("pk")
    assert changed.before == {"name": "********", "currency": "TRY"}
    assert changed.after == {"name": "********", "currency": "EUR"}


def test_a_removed_payment_method_and_a_replaced_secret(db):
    method = PaymentMethodFactory()
    billing_services.payment_methods.remove(method)
    entry = told(Action.DELETED)
    assert (entry.object_type, entry.object_id) == ("billing.paymentmethod", str(method.pk))
    client, secret = create_client(name="Portal", scopes=["payments"])
    newer = rotate_secret(client)
    entry = told(Action.CHANGED)
    assert (entry.object_type, entry.object_id) == ("billing.apiclient", str(client.pk))
    assert "client_secret" in entry.after
    end_former_secret(client)
    assert told(Action.KEY_ENDED).object_id == str(client.pk)
    client.refresh_from_db()
    kept = json.dumps(list(Entry.objects.values()), default=str)
    for each in (secret, newer, client.client_secret):
        assert each not in kept


def test_permissions(ada, browser):
    user = UserFactory(username="finn")
    role = UserFactory(role="Finance").groups.get()
    user.groups.add(role)
    granted = told(Action.GRANTED)
    assert (granted.object_name, granted.after) == ("finn", {"roles": ["Finance"]})
    user.groups.clear()
    assert told(Action.REVOKED).before == {"all": ["Finance"]}
    permission = role.permissions.first()
    role.permissions.remove(permission)
    assert told(Action.REVOKED).before == {"permissions": [str(permission)]}
    user.is_superuser = True
    user.save()
    assert told(Action.CHANGED).after == {"is_superuser": True}


def test_a_password_is_changed_but_not_told():
    user = UserFactory(username="olivia")
    user.set_password("another and longer one")
    user.save()
    entry = told(Action.CHANGED)
    assert set(entry.after) == {"password"}
    assert "$" not in entry.after["password"]


@pytest.mark.django_db(transaction=True)
def test_money(finn, ada):
    shop = make_shop()
    shop.channel.conf["refund_limit"] = "10"
    shop.channel.save()
    payment = shop.charge().payment
    sale = told(Action.MONEY)
    assert (sale.object_type, sale.object_id) == ("billing.payment", str(payment.pk))
    assert (sale.after["operation"], sale.after["outcome"]) == ("sale", "approved")
    refund = refund_payment(payment, amount=None, reason="Returned goods", user_id=finn.pk)
    assert refund.state == RefundState.WAITING
    approve(refund, user_id=ada.pk, note="Seen the goods")
    approved = told(Action.MONEY_APPROVED)
    assert (approved.actor, approved.reason) == ("ada", "Seen the goods")
    made = told(Action.MONEY)
    assert (made.actor, made.after["refund"]) == ("finn", refund.pk)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_exports(olivia, browser, form):
    assert b"".join(browser(olivia).get(f"{list_url(Bank)}export_{form}/?q=x").streaming_content)
    entry = told(Action.EXPORTED)
    assert (entry.actor, entry.object_name) == ("olivia", "payments.bank")
    assert entry.after == {"format": form, "filters": "q=x"}


def test_a_shown_secret(ada, browser):
    answer = browser(ada).post(add_url(ApiClient), {"name": "CRM", "scopes": ["read"]})
    secret = answer.context["secrets"]["client_secret"]
    entry = told(Action.SECRET_SHOWN)
    assert (entry.actor, entry.object_type) == ("ada", "billing.apiclient")
    assert secret not in str(Entry.objects.values_list("before", "after"))


def test_a_card_that_was_looked_up(api):
    from tests.vault.conftest import PATH, SAMPLE
    from tests.vault.conftest import make_shop as make_merchant

    shop = make_merchant("Shop")
    shop.api.post(PATH, SAMPLE, format="json")
    entry = told(Action.CARD_SEEN)
    assert entry.actor_kind == ActorKind.SERVICE
    assert entry.after["cards"]
    assert entry.object_name == "save"


def test_imports(api, tmp_path):
    from django.core.management import call_command

    channel = BankFactory().channel
    file = tmp_path / "banks.csv"
    file.write_text("name,slug\nOne,one\nTwo,two\n")
    call_command("import_banks", file, channel=channel.slug)
    entry = told(Action.IMPORTED)
    assert (entry.actor_kind, entry.after["rows"]) == (ActorKind.SYSTEM, 2)


def test_the_desk_finds_who_changed_it(aydin, olivia, browser):
    bank = BankFactory(name="Old name")
    client_of(olivia).patch(f"/api/v1/banks/{bank.pk}/", {"name": "New name"}, format="json")
    page = browser(aydin)
    for search in ("olivia", f"payments.bank {bank.pk}"):
        found = page.get(list_url(Entry), {"q": search}).content.decode()
        assert "New name" in found
    assert "New name" not in page.get(list_url(Entry), {"q": "nobody"}).content.decode()
    assert f"q=payments.bank+{bank.pk}" in page.get(page_url(bank, "history")).content.decode()
    entry = told(Action.CHANGED)
    assert "Old name" in page.get(page_url(entry)).content.decode()
    assert page.post(page_url(entry), {"reason": "x"}).status_code == 403
    assert browser(olivia).get(list_url(Entry)).status_code == 403


def test_second_factors(olivia, browser):
    from config.kit.factors.codes import find_device
    from config.kit.factors.enrolment import new_recovery_codes

    codes = new_recovery_codes(olivia)
    entry = told(Action.FACTOR_CHANGED)
    assert (entry.actor, entry.object_name) == ("olivia", "olivia")
    assert not any(code in str(Entry.objects.values("after", "reason")) for code in codes)
    assert find_device(olivia, "000000") is None
    assert (told(Action.LOG_IN_FAILED).object_name, told(Action.LOG_IN_FAILED).reason) == (
        "olivia",
        "second factor",
    )


@pytest.mark.parametrize(
    ("role", "status"), [("Auditor", 200), ("Administrator", 200), ("Finance", 403), ("Operator", 403)]
)
def test_few_people_read_it(db, client, role, status):
    client.force_login(UserFactory(role=role, is_staff=True))
    assert client.get(list_url(Entry)).status_code == status
