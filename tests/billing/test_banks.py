"""Bills paid at every bank that has a gateway: real sockets, the simulator's own hashes and its own books."""

from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

import pytest

from billing.errors import BillPaymentInProgressError, NoRouteError
from billing.models import Callback, Payment, RefundKind
from billing.services import reconcile
from billing.services.charge import take_payment
from billing.services.payment_request import request_for_bills
from billing.services.refund import refund_payment
from billing.states import PaymentState
from config.kit.lib.card_numbers import mask_pan
from config.kit.lib.masking import SECRET_MASK
from payments.gateways.types import Payer
from payments.models import BinNumber, Card
from tests.billing.conftest import make_shop
from tests.support.bank.client import BankProcess, find_pans, pay
from tests.support.factories import BinNumberFactory, InstallmentFactory, PaymentMethodFactory
from tests.support.gateways import BANKS, PROFILES

PAYER = Payer(ip="192.0.2.10", name="Ayşe", surname="Yılmaz", email="ayse@example.com", phone="+905321234567",
              identity_number="11111111110", address="Bağdat Cad. 1", city="İstanbul", country="Turkey")  # fmt: skip


@pytest.fixture(scope="module")
def bank():
    with BankProcess(seed=7) as process:
        yield process


@pytest.fixture(params=BANKS)
def shop(request, transactional_db, bank, settings):
    bank.reset()
    settings.IN_FLIGHT_SECONDS = 0
    settings.GATEWAY_TIMEOUT_SECONDS = 2
    return shop_at(request.param, bank)


def shop_at(name, bank, **config):
    profile = PROFILES[name]
    shop = make_shop(
        gateway=profile.gateway.path,
        config={**profile.config, **config},
        resource_url=(bank.base_url + profile.api_path) or "https://bank.example/",
        three_d_resource_url=bank.base_url + profile.three_d_path,
    )
    shop.name, shop.bank = name, bank
    shop.good = replace(profile.good_card, expiry_year=2040)
    card = Card.objects.get(channel=shop.channel)
    if not BinNumber.objects.filter(channel=shop.channel, bin_number=shop.good.number[:6]).exists():
        BinNumberFactory(card=card, bin_number=shop.good.number[:6])
    return shop


def charge(shop, **more):
    return take_payment(
        request_for_bills(
            subscription=shop.subscription,
            bill_numbers=[bill.number for bill in shop.bills],
            instrument=shop.good,
            payer=PAYER,
            **more,
        )
    )


def booked(shop, payment):
    return shop.bank.books()[payment.order_id]


def come_back(client, action, fields):
    path = "/pay/" + action.split("/pay/", 1)[1]
    return client.generic("POST", path, urlencode(fields), content_type="application/x-www-form-urlencoded")


def test_a_sale(shop):
    payment = charge(shop).payment
    assert payment.state == PaymentState.CAPTURED
    assert booked(shop, payment)["captured_minor"] == payment.amount * 100


def test_the_order_id_is_as_short_as_the_gateway_wants(shop, monkeypatch):
    monkeypatch.setattr(PROFILES[shop.name].gateway, "order_id_max_length", 20)
    payment = charge(shop).payment
    assert (len(payment.order_id), payment.state) == (20, PaymentState.CAPTURED)
    assert booked(shop, payment)["charges"] == 1


def test_the_inbox_holds_no_proof_of_an_authentication(shop, client):
    charged = charge(shop, three_d=True)
    action, fields = pay(charged.form.action, charged.form.inputs, shop.name)
    come_back(client, action, fields)
    stored = dict(parse_qsl(Callback.objects.get().body, keep_blank_values=True))
    hidden = {name for name in fields if name.lower() not in PROFILES[shop.name].gateway.callback_keeps}
    assert {stored[name] for name in hidden if fields[name]} <= {SECRET_MASK}
    assert not find_pans(str(stored))


def test_three_d_secure(shop, client):
    charged = charge(shop, three_d=True)
    assert charged.payment.state == PaymentState.PENDING_3D
    action, fields = pay(charged.form.action, charged.form.inputs, shop.name)
    assert come_back(client, action, fields).status_code == 302
    charged.payment.refresh_from_db()
    assert charged.payment.state == PaymentState.CAPTURED
    come_back(client, action, fields)  # again
    assert charged.payment.ledger.count() == 1


def test_a_wrong_password_of_the_payer(shop, client):
    charged = charge(shop, three_d=True)
    action, fields = pay(charged.form.action, charged.form.inputs, shop.name, otp="wrong")
    come_back(client, action, fields)
    charged.payment.refresh_from_db()
    assert charged.payment.state == PaymentState.DECLINED


@pytest.mark.parametrize("kind", ["drop_after", "html", "empty", "truncated", "http_500"])
def test_an_answer_lost_after_the_debit_is_found_by_asking(shop, kind):
    shop.bank.fault(kind, operation="sale", times=1)
    payment = charge(shop).payment
    assert payment.state == PaymentState.UNKNOWN
    with pytest.raises(BillPaymentInProgressError):
        charge(shop)
    reconcile.query_status(payment)
    assert payment.state == PaymentState.CAPTURED
    assert booked(shop, payment)["charges"] == 1


def test_a_void_today_and_a_refund_after_the_settlement(shop):
    payment = charge(shop).payment
    void = refund_payment(payment, amount=None, reason="typo", user_id=None, kind=RefundKind.VOID)
    assert void.state == "done"
    payment.refresh_from_db()
    assert payment.state == PaymentState.VOIDED
    payment = charge(shop).payment
    shop.bank.settle()
    for amount in ("100.00", None):
        refund = refund_payment(payment, amount=amount and Decimal(amount), reason="x", user_id=None)
        assert refund.state == "done"
        payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert booked(shop, payment)["refunded_minor"] == payment.amount * 100


def test_nobody_at_home(shop):
    shop.pos.resource_url = "http://127.0.0.1:9/"
    shop.pos.save()
    payment = charge(shop).payment
    assert payment.state == PaymentState.FAILED


def test_a_card_that_iyzico_keeps(transactional_db, bank, settings):
    bank.reset()
    settings.IN_FLIGHT_SECONDS, settings.GATEWAY_TIMEOUT_SECONDS = 0, 2
    shop = shop_at("iyzico", bank)
    PaymentMethodFactory(
        account=shop.subscription.account,
        gateway="iyzico",
        gateway_token="card-token",
        gateway_customer_id="card-user-key",
        masked_card=mask_pan(shop.good.number),
    )
    numbers = [bill.number for bill in shop.bills]
    bank.fault("drop_after", operation="sale", times=1)
    payment = take_payment(request_for_bills(subscription=shop.subscription, bill_numbers=numbers)).payment
    assert payment.state == PaymentState.UNKNOWN
    reconcile.query_status(payment)
    assert payment.state == PaymentState.CAPTURED
    assert booked(shop, payment)["charges"] == 1
    assert booked(shop, payment)["captured_minor"] == payment.amount * 100


def test_installments_that_a_bank_does_not_know_are_not_asked_for(transactional_db, bank):
    shop = shop_at("iyzico", bank)
    InstallmentFactory(card=Card.objects.get(channel=shop.channel), installment_count=5)
    with pytest.raises(NoRouteError):
        charge(shop, installments=5)
    assert not Payment.objects.exists()
