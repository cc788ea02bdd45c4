"""A payment keeps the POS as it was when it was made: status queries and refunds go to that merchant."""

from decimal import Decimal

import pytest

from billing.services import reconcile
from billing.services.refund import refund_payment
from billing.states import PaymentState, RefundState
from payments import services as payments_services
from payments.models import PosVersion
from tests.billing.test_banks import bank, charge, shop_at  # noqa: F401 the simulator

ELSEWHERE = "https://elsewhere.example/api"


@pytest.fixture
def nestpay(transactional_db, bank, settings):  # noqa: F811
    bank.reset()
    settings.IN_FLIGHT_SECONDS, settings.GATEWAY_TIMEOUT_SECONDS = 0, 2
    return shop_at("nestpay", bank)


def change(pos, **fields) -> None:
    payments_services.pos.update(pos, **fields)


def config_of(pos, **changes) -> dict:
    return {**pos.config, **pos.secret_config, **changes}


def test_a_captured_payment_is_not_ended_by_another_merchants_not_found(nestpay):
    payment = charge(nestpay).payment
    change(nestpay.pos, config=config_of(nestpay.pos, client_id="190100000"))
    reconcile.query_status(payment)
    assert payment.state == PaymentState.CAPTURED
    assert not payment.cases.exists()


@pytest.mark.parametrize("fields", [{"resource_url": ELSEWHERE}, {"client_id": "190100000"}])
def test_a_refund_goes_to_the_merchant_that_took_the_money(nestpay, fields):
    payment = charge(nestpay).payment
    nestpay.bank.settle()
    if "client_id" in fields:
        fields = {"config": config_of(nestpay.pos, **fields)}
    change(nestpay.pos, **{"config": config_of(nestpay.pos), **fields})
    done = refund_payment(payment, amount=Decimal(50), reason="x", user_id=None)
    assert done.state == RefundState.DONE
    assert nestpay.bank.books()[payment.order_id]["refunded_minor"] == 5000


def test_money_in_doubt_is_found_where_it_was_taken(nestpay):
    nestpay.bank.fault("drop_after", operation="sale", times=1)
    payment = charge(nestpay).payment
    change(nestpay.pos, resource_url=ELSEWHERE, config=config_of(nestpay.pos))
    reconcile.query_status(payment)
    assert payment.state == PaymentState.CAPTURED


def test_a_new_password_is_for_the_old_payments_too(nestpay):
    """The same terminal: the bank takes the old password no more."""
    payment = charge(nestpay).payment
    change(nestpay.pos, config=config_of(nestpay.pos, password="AKBANK02"))
    payment.refresh_from_db()
    assert PosVersion.objects.filter(pos=nestpay.pos).count() == 1
    assert payment.pos_version.secret_config["password"] == "AKBANK02"


def test_the_old_merchants_secrets_stay_with_its_payments(nestpay):
    payment = charge(nestpay).payment
    change(nestpay.pos, config=config_of(nestpay.pos, client_id="190100000", password="OTHER123"))
    payment.refresh_from_db()
    assert payment.pos_version.secret_config["password"] == "AKBANK01"
    assert charge_again(nestpay).pos_version != payment.pos_version


def charge_again(shop):
    from tests.billing.conftest import make_shop

    other = make_shop(first_number=70001, gateway=shop.pos.gateway, config=config_of(shop.pos),
                      resource_url=shop.pos.resource_url)  # fmt: skip
    other.good = shop.good
    return charge(other).payment


def test_a_version_is_never_changed(nestpay):
    from django.db import DatabaseError

    charge(nestpay)
    with pytest.raises(DatabaseError):
        PosVersion.objects.update(resource_url=ELSEWHERE)


def test_no_secret_of_a_version_is_readable_in_the_table(nestpay):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_config FROM payments_posversion")
        assert "AKBANK01" not in str(cursor.fetchall())
