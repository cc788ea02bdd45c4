"""Portals of a channel: where payers go back to, and whose pages may show the payer's pages."""

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import PayerReturn, Payment
from billing.services.return_token import return_token_of
from billing.threeds.policy import TELL_SCRIPT
from billing.threeds.views import result_of
from config.kit.lib.errors import InvalidValueError, SecondPersonRequiredError
from payments import services
from tests.attacks.test_headers import directives, hash_of_script
from tests.contracts.bimetri.conftest import add, make_portal_shop, portal_client

PORTAL = "https://portal.example"
CARD = "4111111111111111"


@pytest.fixture
def shop(db):
    shop = make_portal_shop()
    services.channels.update(shop.channel, conf={**shop.channel.conf, "portal_origins": [PORTAL]})
    return shop


@pytest.fixture
def portal(shop):
    return portal_client()


def pay(portal, **change):
    return add(portal, **{"CardNumber": CARD, "threeD": 1, **change})


def result_page(payment):
    return Client().get(f"/pay/result/{return_token_of(payment)}/")


def test_the_payer_goes_back_to_the_portal(portal):
    answer = pay(portal, returnUrl=f"{PORTAL}/done?cart=7#top")
    assert answer.status_code == 201, answer.content
    payment = Payment.objects.get()
    html = result_page(payment).content.decode()
    assert f'href="{PORTAL}/done?cart=7&amp;order={payment.order_id}&amp;result=open#top"' in html
    assert "Back to portal.example" in html
    assert TELL_SCRIPT in html


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/", "http://portal.example/", "https://portal.example.evil.example/",
        "https://portal.example@evil.example/", "https://evil.example@portal.example/", "javascript:alert(1)",
        "//portal.example/", "portal.example", "https://portal.example:444/", "https://portal.example\\@evil.example",
        "https://portal.example/\r\nX: y", "https://portal.example:x/", "", "https://portal.exampl\u0435/",
    ],
)  # fmt: skip
def test_no_other_address_is_taken(portal, url):
    answer = pay(portal, returnUrl=url)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("returnUrl: ")
    assert not Payment.objects.exists()


def test_a_channel_without_portals_takes_none(db):
    make_portal_shop()
    assert pay(portal_client(), returnUrl=f"{PORTAL}/").status_code == 400


def test_null_and_no_address_are_no_address(portal):
    assert pay(portal, returnUrl=None).status_code == 201
    assert not PayerReturn.objects.exists()
    assert "Back to" not in result_page(Payment.objects.get()).content.decode()


def test_the_channels_portals_may_embed_the_pages_and_no_others(portal, shop):
    pay(portal)
    page = result_page(Payment.objects.get())
    policy = directives(page)
    assert policy["frame-ancestors"] == PORTAL
    assert "X-Frame-Options" not in page
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert f"'sha256-{hash_of_script(page.content.decode())}'" in policy["script-src"]
    services.channels.update(shop.channel, conf={})
    closed = result_page(Payment.objects.get())
    assert directives(closed)["frame-ancestors"] == "'none'"
    assert closed["X-Frame-Options"] == "DENY"
    assert closed["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "postMessage" not in closed.content.decode()


@pytest.mark.parametrize(
    "origins",
    ["https://portal.example", ["https://portal.example/"], ["*"], ["http://portal.example"], [7], [""],
     ["https://portal.example; script-src *"], ["https://*.example"], ["https://PORTAL.example"], None,
     [f"https://p{number}.example" for number in range(21)]],
)  # fmt: skip
def test_a_channel_names_plain_origins_only(shop, origins, api):
    with pytest.raises(InvalidValueError):
        services.channels.update(shop.channel, conf={"portal_origins": origins})
    answer = api.patch(f"/api/v1/channels/{shop.channel.pk}/", {"conf": {"portal_origins": origins}})
    assert (answer.status_code, list(answer.json())) == (400, ["conf"])


def test_another_portal_needs_a_second_person(shop, settings):
    settings.SECOND_PERSON_FOR_CONFIGURATION = True
    with pytest.raises(SecondPersonRequiredError):
        services.channels.update(shop.channel, conf={"portal_origins": [PORTAL, "https://other.example"]})
    services.channels.update(shop.channel, conf={"portal_origins": []})


@pytest.mark.parametrize(
    ("ended", "result"),
    [
        ({"state": "captured", "captured_amount": 50}, "paid"),
        ({"state": "refunded", "captured_amount": 50, "refunded_amount": 50}, "refunded"),
        ({"state": "voided", "captured_amount": 50, "refunded_amount": 50}, "refunded"),
        ({"state": "failed", "next_check_at": None}, "failed"),
        ({"state": "failed"}, "unconfirmed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_portal_is_not_told_more_than_is_known(portal, ended, result):
    pay(portal, returnUrl=f"{PORTAL}/done")
    payment = Payment.objects.get()
    for name, value in ended.items():
        setattr(payment, name, value)
    payment.next_check_at = ended.get("next_check_at", timezone.now())
    assert result_of(payment) == result


def test_a_card_number_in_the_portals_address_is_refused(portal):
    answer = pay(portal, returnUrl=f"{PORTAL}/done/{CARD}")
    assert answer.status_code == 400, answer.content
    assert not Payment.objects.exists()
    assert not PayerReturn.objects.exists()
