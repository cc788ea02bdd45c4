"""Who may open and do what: every page against every role."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from payments.models import POS, Bank, BankAccount, BinNumber, Card, CardType, Channel, PaymentOption
from tests.support import factories
from tests.support.pages import add_url, list_url, page_url

MODELS = [Channel, POS, Bank, BankAccount, CardType, Card, BinNumber, PaymentOption]
READ, WRITE = "read", "write"
ROLES = {"Administrator": WRITE, "Operator": WRITE, "Finance": READ, "Auditor": READ, None: None}
SECRET = "geheim-passwort"


@pytest.fixture(params=ROLES, ids=str)
def role(request):
    return request.param


@pytest.fixture
def pages(role, browser, db):
    return browser(factories.UserFactory(role=role))


@pytest.fixture
def objects(card):
    config = {"username": "u", "store_key": SECRET, "password": SECRET, "client_id": "c"}
    pos = factories.PosFactory(channel=card.channel, gateway=factories.NESTPAY, config=config)
    bank = factories.BankFactory(channel=card.channel)
    return {
        POS: pos,
        Bank: bank,
        Channel: card.channel,
        CardType: factories.CardTypeFactory(channel=card.channel),
        Card: card,
        BinNumber: factories.BinNumberFactory(card=card),
        BankAccount: factories.BankAccountFactory(bank=bank),
        PaymentOption: factories.PaymentOptionFactory(channel=card.channel),
    }


def expected(role, needed: str) -> int:
    allowed = ROLES[role]
    return 200 if allowed == WRITE or (allowed == READ and needed == READ) else 403


def test_lists_pages_and_exports_are_for_those_who_read(role, pages, objects):
    for model, instance in objects.items():
        urls = [
            list_url(model),
            page_url(instance),
            page_url(instance, "history"),
            f"{list_url(model)}export_csv/",
        ]
        for url in urls:
            assert pages.get(url).status_code == expected(role, READ), url


def test_nobody_sees_a_secret(role, pages, objects):
    for model in (POS,):
        for url in (list_url(model), page_url(objects[model]), page_url(objects[model], "history")):
            assert SECRET not in pages.get(url).content.decode()


def test_adding_and_cloning_are_for_those_who_write(role, pages, objects):
    urls = [add_url(model) for model in MODELS]
    urls.append(page_url(objects[POS]).replace("/change/", "/clone/"))
    urls += [reverse("payments_admin:upload", args=[kind]) for kind in ("banks", "bins", "bin-list")]
    for url in urls:
        assert pages.get(url).status_code == expected(role, WRITE), url


def test_the_which_pos_page_is_for_those_who_read(role, pages, channel):
    assert pages.get("/admin/payments/which-pos/").status_code == expected(role, READ)


def test_a_reader_changes_nothing_by_post(auditor_pages, objects):
    for instance in objects.values():
        for url in (page_url(instance), page_url(instance, "delete"), add_url(type(instance))):
            assert auditor_pages.post(url, {"name": "Hacked", "post": "yes"}).status_code == 403, url
    clone = page_url(objects[POS]).replace("/change/", "/clone/")
    assert auditor_pages.post(clone, {"channel": 1, "name": "x", "slug": "x"}).status_code == 403
    upload = reverse("payments_admin:upload", args=["bins"])
    assert auditor_pages.post(upload, {"token": "x"}).status_code == 403


def test_a_reader_has_no_bulk_actions(auditor_pages, objects):
    for action in ("delete_selected", "switch_off", "switch_on"):
        data = {"action": action, "_selected_action": [objects[BinNumber].pk], "post": "yes"}
        auditor_pages.post(list_url(BinNumber), data)
    assert BinNumber.objects.get().is_active
    assert auditor_pages.get(list_url(BinNumber)).context["action_form"] is None


def test_the_menu_shows_what_may_be_opened(role, pages, channel):
    titles = [
        item["title"]
        for group in pages.get("/admin/").context["sidebar_navigation"]
        for item in group["items"]
    ]
    assert ("POS" in titles) == (ROLES[role] is not None)
    assert ("Users" in titles) == (role in ("Administrator", "Auditor"))


def test_every_link_of_the_menu_opens(admin_pages, card):
    for group in admin_pages.get("/admin/").context["sidebar_navigation"]:
        for item in group["items"]:
            assert admin_pages.get(item["link"]).status_code == 200, item["link"]


def test_an_administrator_does_not_become_a_superuser(browser, ada, db):
    admin = factories.UserFactory(role="Administrator")
    pages = browser(admin)
    password = reverse("admin:auth_user_password_change", args=[ada.pk])
    new = {"password1": "correct horse battery 2", "password2": "correct horse battery 2"}
    assert pages.post(password, new).status_code == 403
    own = pages.get(reverse("admin:auth_user_change", args=[admin.pk]))
    assert "is_superuser" not in own.context["adminform"].form.fields
    assert "user_permissions" not in own.context["adminform"].form.fields


def test_people_are_given_roles(admin_pages, olivia):
    page = admin_pages.get(reverse("admin:auth_user_change", args=[olivia.pk]))
    assert page.status_code == 200
    assert admin_pages.get(list_url(Group)).status_code == 200
    assert admin_pages.get(list_url(User)).status_code == 200


def test_strangers_are_asked_to_log_in(client, card):
    for url in ("/admin/", list_url(Bank), "/admin/payments/which-pos/", "/admin/payments/upload/banks/"):
        assert client.get(url).url.startswith("/admin/login/")
