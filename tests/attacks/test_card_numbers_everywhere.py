"""A card number in every place that anything can be sent to: none is ever at rest.

Each place gets a number of its own, so that what is found tells where it came in.
"""

import io
import json
import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import reverse
from PIL import Image
from rest_framework.test import APIClient

from billing.contracts.tmf.auth import PERMISSIONS
from billing.models import Bill, Callback, Payment
from billing.services.api_client import create_client
from billing.services.payment_method import MASKS
from billing.services.return_token import return_token_of
from config.process.observability import JsonFormatter
from config.urls import ResourceRouter, billing_router, payments_router
from tests.attacks.marked import Marked, bodies_with, spaced
from tests.billing.conftest import make_shop as make_billing_shop
from tests.contracts.bimetri.conftest import SAMPLE as BIMETRI
from tests.contracts.bimetri.conftest import make_portal_shop, portal_client
from tests.contracts.naviga.conftest import world  # noqa: F401 a fixture
from tests.contracts.tmf.conftest import make_telco, telco_client
from tests.support import factories
from tests.support.pages import add_url, form_data, page_url
from tests.vault.conftest import PATH as PAYWALL_PATH
from tests.vault.conftest import SAMPLE as PAYWALL
from tests.vault.conftest import make_shop as make_merchant

pytestmark = pytest.mark.django_db

HEADERS = (
    "X-Request-ID", "Idempotency-Key", "X-RequestId", "X-SessionId", "X-SourceSystem", "X-MediaGroupCode",
    "X-ClientCode", "X-PaperCode", "OrganizationId", "User-Agent", "Referer", "X-Forwarded-For", "Accept-Language",
    "relationalid1", "relationalid2", "locale", "X-Anything", "Origin-Note",
)  # fmt: skip


@pytest.fixture
def marked(caplog, settings, tmp_path):
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    caplog.set_level(logging.DEBUG)
    marked = Marked()
    yield marked
    assert marked.places
    assert marked.stored(tmp_path) == []
    formatter = JsonFormatter()
    lines = "\n".join(formatter.format(record) for record in caplog.records)
    assert [place for number, place in marked.places.items() if number in lines] == []


def printed(name: str) -> dict[str, Any]:
    """A sample of Naviga's page, with the comma that is missing there."""
    text = (Path(__file__).parents[1] / f"contracts/naviga/printed/{name}.json").read_text()
    return json.loads(re.sub(r'(?<=["}])(?=\s+"\w+"\s*:)', ",", text))


def one_of_each() -> dict[str, object]:
    """An object of every resource of the native API, by its path."""
    made = {
        name.removesuffix("Factory"): getattr(factories, name)()
        for name in vars(factories)
        if name.endswith("Factory") and name not in ("ServiceFactory", "UserFactory")
    }
    return {type(item).__name__: item for item in made.values()}


def test_the_native_api(marked, api):
    made = one_of_each()
    tried = 0
    for prefix, viewset, _name in ResourceRouter(payments_router, billing_router).registry:
        instance = made.get(viewset.queryset.model.__name__)
        if (
            instance is None
            or "patch" not in viewset.http_method_names
            or not hasattr(viewset, "partial_update")
        ):
            continue
        url = f"/api/v1/{prefix}/{instance.pk}/"
        body = api.get(url).json()
        for _place, changed in bodies_with(marked, f"PATCH {prefix}", body):
            api.generic("PATCH", url, changed, content_type="application/json")
            tried += 1
        for how, send in (("form", "application/x-www-form-urlencoded"), ("multipart", None)):
            for field in body:
                number = marked.number(f"{how} {prefix} {field}")
                if send:
                    api.generic("PATCH", url, urlencode({field: number}), content_type=send)
                else:
                    api.patch(url, {field: number}, format="multipart")
    assert tried > 200


def test_creating_in_the_native_api(marked, api):
    for prefix, viewset, _name in ResourceRouter(payments_router, billing_router).registry:
        made = one_of_each().get(viewset.queryset.model.__name__)
        if made is None or not hasattr(viewset, "create"):
            continue
        body = api.get(f"/api/v1/{prefix}/{made.pk}/").json()
        for _place, changed in bodies_with(marked, f"POST {prefix}", body, ways=("", " spaced")):
            api.generic("POST", f"/api/v1/{prefix}/", changed, content_type="application/json")


def test_bimetri(marked):
    make_portal_shop()
    client = portal_client()
    for place, body in bodies_with(marked, "bimetri", BIMETRI | {"bill": [54321]}):
        if place == "bimetri CardNumber":
            continue
        client.generic("POST", "/api/payment/add", body, content_type="application/json")
    login = {"screenName": "nobody", "password": "wrong", "rememberMe": False}
    for _place, body in bodies_with(marked, "bimetri login", login):
        APIClient().generic("POST", "/api/auth/login", body, content_type="application/json")


def test_a_charge_leaves_no_trace_of_its_card(marked):
    make_portal_shop()
    number = marked.number("the card that is charged")
    client = portal_client()
    answer = client.post("/api/payment/add", BIMETRI | {"CardNumber": number}, format="json")
    assert answer.status_code in (200, 400)
    assert number not in answer.content.decode()


def test_naviga(marked, world):  # noqa: F811
    body = printed("new_card")
    bank = printed("new_bank_account")
    old = printed("old_card")
    site = world.client()
    for _place, changed in [
        *bodies_with(marked, "naviga card", body),
        *bodies_with(marked, "naviga bank", bank),
    ]:
        site.generic("POST", "/Billing/PaymentMethods", changed, content_type="application/json")
    for _place, changed in bodies_with(marked, "naviga old", old):
        site.generic("POST", "/Billing/20/PaymentMethods", changed, content_type="application/json")


def test_paywall(marked):
    shop = make_merchant("Shop")
    for _place, body in bodies_with(marked, "paywall", PAYWALL):
        shop.api.generic("POST", PAYWALL_PATH, body, content_type="application/json")
    for header in ("relationalid1", "relationalid2", "relationalid3", "includedetails"):
        shop.api.get(
            PAYWALL_PATH, headers={"relationalid1": "003", header: marked.number(f"list by {header}")}
        )


def test_tmf(marked, api):
    telco, client = make_telco(), api
    payment = telco.cash(
        name="one", correlatorId="c", payer={"id": "p", "name": "Mary", "@referredType": "Individual"},
        channel={"id": "web", "name": "Portal"}, paymentItem=[telco.item(0, 5)],
    )  # fmt: skip
    for base in ("/brm/payment/v4", "/tmf-api/paymentManagement/v4"):
        for _place, body in bodies_with(marked, f"{base} payment", payment):
            client.generic("POST", f"{base}/payment", body, content_type="application/json")
        refund = {**payment, "@type": "Refund"}
        for _place, body in bodies_with(marked, f"{base} refund", refund, ways=("", " escaped")):
            client.generic("POST", f"{base}/refund", body, content_type="application/json")
        hub = {"callback": "https://listener.example/events", "query": "eventType=PaymentCreateEvent"}
        for _place, body in bodies_with(marked, f"{base} hub", hub):
            client.generic("POST", f"{base}/hub", body, content_type="application/json")
    method = {"name": "m", "description": "d", "@type": "BankCard", "account": [{"id": telco.account_id}]}
    for _place, body in bodies_with(marked, "tmf670", method):
        client.generic("POST", "/brm/paymentMethods/v1/paymentMethod", body, content_type="application/json")


def test_headers_of_requests_that_write(marked, api, world):  # noqa: F811
    telco, shop = make_telco(), make_merchant("Shop")
    bank = printed("new_bank_account")
    payment = make_billing_shop().charge().payment
    for header in HEADERS:

        def sent(door: str, header: str = header) -> dict[str, str]:
            return {header: marked.number(f"{door} header {header}")}

        telco_client("header" + header).post(
            "/brm/payment/v4/payment", telco.cash(1), format="json", headers=sent("tmf")
        )
        world.client().post("/Billing/PaymentMethods", bank, format="json", headers=sent("naviga"))
        shop.api.post(PAYWALL_PATH, PAYWALL, format="json", headers=sent("paywall"))
        body = {"reason": "asked", "amount": "1.00"}
        api.post(f"/api/v1/payments/{payment.pk}/refund/", body, format="json", headers=sent("refund"))
        api.post(
            "/api/v1/channels/",
            {"name": header, "slug": header.lower()},
            format="json",
            headers=sent("native"),
        )


def test_paths_and_queries_of_requests_that_write(marked, api, admin_pages):
    telco = make_telco()
    number = marked.number("path")
    for client, path in (
        (api, f"/api/v1/banks/{number}/"),
        (admin_pages, f"/admin/payments/bank/{number}/change/"),
    ):
        client.post(path, {"name": "x"})
    for name in ("next", "x", marked.number("name in a query")):
        query = urlencode({name: marked.number(f"query {name}")})
        api.post(f"/api/v1/banks/?{query}", {"name": "n", "slug": "s"}, format="json")
        telco_client(f"query{len(name)}").post(
            f"/brm/payment/v4/payment?{query}", telco.cash(1), format="json"
        )
        admin_pages.post(f"/admin/auth/group/add/?{query}", {"name": "role"})
        Client().post(f"/admin/login/?{query}", {"username": "u", "password": "p"})


def test_callbacks_of_banks(marked, client):
    payment = make_billing_shop().charge(three_d=True).payment
    tokens = {"of a payment": return_token_of(payment), "stray": "not-a-token"}
    for kind, token in tokens.items():
        url = reverse("three-d-return", args=[token])

        def number(place: str, kind: str = kind) -> str:
            return marked.number(f"callback {kind} {place}")

        forms = [
            {"pan": number("pan"), "cvv": "123"},
            {"message": number("message")},
            {"md": number("md"), "order_id": number("order id")},
            {number("field name"): "1"},
            {f"card_{number('within a name')}_x": "1"},
            {"note": spaced(number("spaced"))},
            {"a": quote(number("encoded twice"))},
            {"message": " ".join(number("digit by digit"))},
        ]
        for form in forms:
            client.post(url, urlencode(form), content_type="application/x-www-form-urlencoded")
            client.get(url, form)
        whole = {"card": {"number": number("JSON"), "cvv": "987"}}
        client.post(url, json.dumps(whole), content_type="application/json")
        client.post(
            url, json.dumps(whole).replace("4355", "\\u00343\\u003555"), content_type="application/json"
        )
        client.post(url, number("bare body"), content_type="text/plain")
        client.post(url, b"\xff\xfe" + number("bytes").encode(), content_type="text/plain")
        client.post(url, f"<pan>{number('xml')}</pan><cvv>123</cvv>", content_type="text/xml")
        client.post(url, {"file": SimpleUploadedFile(f"{number('file name')}.txt", number("file").encode())})
        for header in HEADERS:
            client.post(
                url, "a=1", content_type="application/x-www-form-urlencoded", headers={header: number(header)}
            )
    assert Callback.objects.count() > 30


FORM_TEXTS = ("TextInput", "Textarea", "URLInput", "EmailInput")


def test_forms_of_the_admin(marked, admin_pages, monkeypatch):
    made = one_of_each()
    User.objects.create(username="someone")
    Group.objects.create(name="some role")
    made |= {"User": User.objects.get(username="someone"), "Group": Group.objects.get(name="some role")}
    posts = []
    for model, page in admin.site._registry.items():
        instance = made.get(model.__name__)
        if instance is None:
            continue
        for url in (page_url(instance), add_url(model)):
            answer = admin_pages.get(url)
            if answer.status_code != 200 or "adminform" not in answer.context:
                continue
            data = form_data(answer)
            ids = getattr(getattr(page, "service", None), "id_fields", frozenset())
            for name in answer.context["adminform"].form.fields:
                # an id, a token or an account number is a card number only as one run
                is_id = name in ids or name.removesuffix("_text") in MASKS
                for how in (str,) if is_id else (str, spaced):
                    number = marked.number(f"{url} {name} {how.__name__}")
                    posts.append((url, {**data, name: how(number)}))
    assert len(posts) > 150
    # What is answered is not looked at, and drawing the form again each time would take a minute.
    monkeypatch.setattr(TemplateResponse, "rendered_content", "")
    for url, data in posts:
        admin_pages.post(url, data)


def test_what_people_type_about_money(marked, admin_pages):
    payment, bill = make_billing_shop().charge().payment, factories.BillFactory()
    actions = {
        payment: ("refund", "void", "ask", "settle"),
        bill: ("close", "reopen"),
    }
    for instance, names in actions.items():
        for name in names:
            for field in ("reason", "note", "bank_reference", "idempotency_key", "amount"):
                for how in (str, spaced):
                    number = marked.number(f"{name} {type(instance).__name__} {field} {how.__name__}")
                    data = {
                        "reason": "asked",
                        "idempotency_key": number[:10] + name + field,
                        field: how(number),
                    }
                    admin_pages.post(page_url(instance, name), data)


def test_log_ins(marked):
    for path, name in (
        ("/admin/login/", "username"),
        ("/api/browse/login/", "username"),
        ("/api/v1/auth/login/", "username"),
        ("/api/auth/login", "screenName"),
    ):
        for how in (str, spaced):
            number = marked.number(f"{path} {how.__name__}")
            Client().post(path, {name: how(number), "password": "p"})
            Client().post(
                path, json.dumps({name: how(number), "password": "p"}), content_type="application/json"
            )


def test_token_requests(marked, ada):
    client, secret = create_client(name="telco", scopes=list(PERMISSIONS))
    good = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret}
    for name in (*good, "scope", "resource", "note"):
        Client().post("/oauth/token", {**good, name: marked.number(f"token {name}")})


def files(number: str) -> dict[str, bytes]:
    return {
        "banks": f"name,slug,logo\nBank {number},bank-{number},https://logos.example/{number}.png\n".encode(),
        "cards": f"{number}\n".encode(),
        "garbage": f'"{number}'.encode(),
    }


def test_uploaded_files(marked, api, admin_pages):
    made = one_of_each()
    channel, card = made["Channel"], made["Card"]
    for kind in ("banks", "cards", "garbage"):
        for dry_run in ("", "&dry_run=true"):
            number = marked.number(f"bulk {kind} {dry_run}")
            content = files(number)[kind]
            for url in (
                f"/api/v1/banks/bulk_create/?channel_id={channel.pk}",
                f"/api/v1/cards/{card.pk}/bulk_create/?a",
            ):
                api.post(url + dry_run, {"file": io.BytesIO(content)}, format="multipart")
    targets = {"channel": channel.pk, "card": card.pk}
    for kind in ("banks", "bins", "bin-list"):
        for content in files(marked.number(f"upload {kind}")).values():
            for name in (f"{marked.number(f'upload name {kind}')}.csv", "clean.csv"):
                upload = SimpleUploadedFile(name, content)
                admin_pages.post(f"/admin/payments/upload/{kind}/", {"file": upload, **targets})
    logo = SimpleUploadedFile(f"{marked.number('logo name')}.png", pixel(), content_type="image/png")
    bank = made["Bank"]
    api.patch(f"/api/v1/banks/{bank.pk}/", {"logo": logo}, format="multipart")
    logo = SimpleUploadedFile(
        f"{marked.number('logo name in the admin')}.png", pixel(), content_type="image/png"
    )
    admin_pages.post(page_url(bank), {**form_data(admin_pages.get(page_url(bank))), "logo": logo})


def pixel() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


def test_the_dump_sees_what_is_stored(marked, channel):
    """A control: a number that is written past every door is found."""
    number = marked.number("straight into the table")
    Bill.objects.none()
    type(channel).objects.filter(pk=channel.pk).update(name=number)
    assert marked.stored() == ["straight into the table"]
    type(channel).objects.filter(pk=channel.pk).update(name="clean")
    with_history = apps.get_model("payments", "ChannelEvent")
    assert with_history.objects.filter(name=number).exists()
    marked.places.pop(number)
    marked.number("so that the list is not empty")
    assert Payment.objects.count() == 0
