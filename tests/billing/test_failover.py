"""A card's second POS: charged where the first provably did not receive the request, and never otherwise."""

import pytest
from django.db import IntegrityError, transaction

from billing.attempts import breaker
from billing.errors import GatewayUnavailableError, NoRouteError
from billing.models import Payment, PaymentAttempt
from billing.services import reconcile
from billing.services.refund import refund_payment
from billing.timeline import get_timeline
from config.kit.lib.errors import InUseError
from payments import routing, services
from payments.errors import FallbackPosError, PosIncompatibleError
from payments.models import POS, Card
from tests.billing.conftest import make_shop
from tests.support.factories import MultiCurrencyCardFactory, PosFactory
from tests.support.gateways import PROFILES

NOBODY_HOME = "http://127.0.0.1:9/"
UNREADABLE = "4111111111111053"


def with_fallback(shop, **pos):
    shop.fallback = PosFactory(channel=shop.channel, **{"config": {"three_d_enabled": True}, **pos})
    services.cards.update(Card.objects.get(channel=shop.channel), fallback_payment=shop.fallback)
    return shop


def unreachable(name: str, **pos):
    profile = PROFILES[name]
    shop = make_shop(gateway=profile.gateway.path, config=profile.config, resource_url=NOBODY_HOME,
                     three_d_resource_url=NOBODY_HOME)  # fmt: skip
    return with_fallback(shop, **pos)


def attempts(payment: Payment) -> list[tuple[int | None, str, str]]:
    return list(payment.attempts.values_list("pos_id", "operation", "outcome"))


def test_the_fallback_takes_what_was_not_sent_to_the_first(transactional_db):
    shop = unreachable("nestpay")
    payment = shop.charge().payment
    assert (payment.state, payment.pos, payment.pos_version.pos) == ("captured", shop.fallback, shop.fallback)
    assert attempts(payment) == [
        (shop.pos.pk, "sale", "not_sent"),
        (shop.fallback.pk, "sale", "approved"),
    ]
    assert Payment.objects.count() == 1
    assert "fallback" in payment.route_reason
    told = [entry.details["pos"] for entry in get_timeline(payment) if entry.kind == "attempt"]
    assert told == [shop.pos.name, shop.fallback.name]


def test_a_three_d_start_that_was_not_sent_starts_at_the_fallback(transactional_db):
    shop = unreachable("iyzico")
    charged = shop.charge(three_d=True)
    assert (charged.payment.state, charged.payment.pos) == ("pending_3d", shop.fallback)
    assert charged.form is not None
    assert [outcome for _pos, _operation, outcome in attempts(charged.payment)] == [
        "not_sent",
        "needs_action",
    ]


def test_status_queries_and_refunds_go_to_the_pos_that_took_it(transactional_db):
    shop = unreachable("nestpay")
    payment = shop.charge().payment
    assert reconcile.query_status(payment).state == "captured"
    assert refund_payment(payment, amount=None, reason="x", user_id=None).state == "done"


@pytest.mark.parametrize("number", [UNREADABLE, "4111111111111046", "4111111111111012"])
def test_never_after_an_unknown_outcome_or_a_refusal(transactional_db, number):
    shop = with_fallback(make_shop())
    payment = shop.charge(number).payment
    assert payment.state in ("unknown", "declined")
    assert [pos for pos, _operation, _outcome in attempts(payment)] == [shop.pos.pk]


def test_an_open_breaker_goes_straight_to_the_fallback(transactional_db, settings):
    settings.GATEWAY_BREAKER_FAILURES = 1
    shop = with_fallback(make_shop())
    breaker.count_failure(shop.pos.pk)
    payment = shop.charge().payment
    assert (payment.state, payment.pos) == ("captured", shop.fallback)
    assert attempts(payment) == [(shop.fallback.pk, "sale", "approved")]


def test_with_both_unavailable_nothing_is_written(transactional_db, settings):
    settings.GATEWAY_BREAKER_FAILURES = 1
    shop = with_fallback(make_shop())
    for pos in (shop.pos, shop.fallback):
        breaker.count_failure(pos.pk)
    with pytest.raises(GatewayUnavailableError):
        shop.charge()
    assert not PaymentAttempt.objects.exists()


def test_a_fallback_that_is_unavailable_leaves_the_payment_failed(transactional_db, settings):
    settings.GATEWAY_BREAKER_FAILURES = 1
    shop = unreachable("nestpay")
    breaker.count_failure(shop.fallback.pk)
    payment = shop.charge().payment
    assert (payment.state, payment.reason, payment.pos) == ("failed", "not_reached", shop.pos)
    assert not payment.payment_bills.filter(is_open=True).exists()


def test_not_sent_at_both_is_one_failed_payment(transactional_db):
    profile = PROFILES["garanti"]
    shop = unreachable(
        "nestpay", gateway=profile.gateway.path, config=profile.config, resource_url=NOBODY_HOME
    )
    payment = shop.charge().payment
    assert (payment.state, payment.pos) == ("failed", shop.fallback)
    assert [outcome for *_, outcome in attempts(payment)] == ["not_sent", "not_sent"]


def test_the_order_id_fits_both_banks(transactional_db, monkeypatch):
    shop = unreachable("nestpay")
    monkeypatch.setattr(PROFILES["dummypay"].gateway, "order_id_max_length", 18)
    payment = shop.charge().payment
    assert (len(payment.order_id), payment.pos) == (18, shop.fallback)


def test_another_currency_than_the_channels_has_no_fallback(transactional_db):
    shop = with_fallback(make_shop())
    card = Card.objects.get(channel=shop.channel)
    MultiCurrencyCardFactory(card=card, currency="USD", cash_payment=shop.pos)
    channel = shop.channel
    assert routing.match(channel=channel, bin="411111", currency="TRY").fallback == shop.fallback
    assert routing.match(channel=channel, bin="411111", currency="USD").fallback is None


def test_the_database_keeps_the_pos_of_a_payment_that_its_bank_may_have_taken(transactional_db):
    shop = with_fallback(make_shop())
    for number in (UNREADABLE, "4111111111111079"):
        payment = shop.charge(number, bill_numbers=[shop.bills.pop().number]).payment
        with (
            pytest.raises(IntegrityError, match="only after it provably received nothing"),
            transaction.atomic(),
        ):
            Payment.objects.filter(pk=payment.pk).update(pos=make_shop(first_number=payment.pk + 60000).pos)


def test_a_card_is_not_its_own_fallback(db):
    shop = make_shop()
    card = Card.objects.get(channel=shop.channel)
    with pytest.raises(FallbackPosError):
        services.cards.update(card, fallback_payment=shop.pos)
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.filter(pk=card.pk).update(fallback_payment=shop.pos)


def test_a_fallback_is_of_the_cards_channel(db):
    shop, other = make_shop(), PosFactory()
    card = Card.objects.get(channel=shop.channel)
    with pytest.raises(PosIncompatibleError):
        services.cards.update(card, fallback_payment=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.filter(pk=card.pk).update(fallback_payment=other)


def test_a_pos_that_is_a_fallback_is_in_use(db):
    shop = with_fallback(make_shop())
    with pytest.raises(InUseError):
        services.pos.delete(shop.fallback)


def test_the_operator_names_it_on_the_card(db, admin_pages):
    shop = with_fallback(make_shop())
    card = Card.objects.get(channel=shop.channel)
    page = admin_pages.get(f"/admin/payments/card/{card.pk}/change/")
    assert "Fallback POS" in page.content.decode()
    assert "fallback" not in str(admin_pages.get(f"/api/v1/cards/{card.pk}/?format=json").json())
    assert POS.objects.count() == 2


def test_the_fallback_takes_all_of_a_pos_that_is_switched_off(transactional_db):
    shop = with_fallback(make_shop())
    services.pos.update(shop.pos, is_active=False)
    payment = shop.charge().payment
    assert (payment.state, payment.pos) == ("captured", shop.fallback)
    assert attempts(payment) == [(shop.fallback.pk, "sale", "approved")]


def test_without_fallback_a_pos_that_is_switched_off_takes_nothing(transactional_db):
    shop = make_shop()
    services.pos.update(shop.pos, is_active=False)
    with pytest.raises(NoRouteError):
        shop.charge()
    assert not Payment.objects.exists()


def test_what_a_pos_has_taken_is_refunded_there_after_it_is_switched_off(transactional_db):
    shop = make_shop()
    payment = shop.charge().payment
    services.pos.update(shop.pos, is_active=False)
    assert reconcile.query_status(payment).state == "captured"
    assert refund_payment(payment, amount=None, reason="x", user_id=None).state == "done"
