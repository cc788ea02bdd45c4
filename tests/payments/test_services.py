"""Rules of the configuration, in the services."""

import pytest

from config.kit.lib.errors import InUseError, UniqueSetsError
from payments import services
from payments.errors import GatewayConfigError
from payments.models import POS, Bank
from payments.pos_gateway import full_config, masked_config
from tests.support.factories import NESTPAY, BankFactory, CardFactory, PosFactory

ALPHA = "omnicore.libs.payment_gateways.alpha.AlphaGateway"
IYZICO = "omnicore.libs.payment_gateways.iyzico.IyzicoGateway"
NESTPAY_CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}


def test_it_reports_every_taken_unique_set(db):
    card = CardFactory()
    with pytest.raises(UniqueSetsError) as caught:
        services.cards.create(
            channel=card.channel, name="x", slug=card.slug, bank=card.bank, card_type=card.card_type,
            card_payment_type=card.card_payment_type, cash_payment=card.cash_payment,
            installment_payment=card.cash_payment, three_d_payment=None,
        )  # fmt: skip
    assert caught.value.messages == [
        "The fields slug, channel, bank, card_type must make a unique set.",
        "The fields bank, card_type, card_payment_type must make a unique set.",
    ]


def test_it_says_what_uses_an_object_that_is_to_be_deleted(db):
    card = CardFactory()
    with pytest.raises(InUseError) as caught:
        services.pos.delete(card.cash_payment)
    assert caught.value.counts == {"Cards": 1}


def test_a_change_keeps_what_somebody_else_changed_meanwhile(db):
    pos = PosFactory(gateway=NESTPAY, config=NESTPAY_CONFIG)
    read_before = POS.objects.get(pk=pos.pk)
    services.pos.update(pos, config={**NESTPAY_CONFIG, "password": "NEW-PASSWORD"})
    services.pos.update(read_before, name="New name")
    pos.refresh_from_db()
    assert (pos.name, full_config(pos)["password"]) == ("New name", "NEW-PASSWORD")


def test_a_change_does_not_bring_back_what_was_deleted_meanwhile(db):
    bank = BankFactory()
    read_before = Bank.objects.get(pk=bank.pk)
    services.banks.delete(bank)
    with pytest.raises(Bank.DoesNotExist):
        services.banks.update(read_before, name="New name")
    assert not Bank.objects.exists()


def test_secrets_inside_what_no_schema_knows_are_found(db):
    config = {
        "users": [{"name": "u", "password": "LIST-SECRET"}],
        "secret": {"value": "MAP-SECRET"},
        "passwords": ["PLURAL-SECRET"],
        "nested": {"deep": [[{"merchant_key": "DEEP-SECRET"}]], "id": 1},
        "names": ["a", "b"],
        "token": "",
    }
    pos = PosFactory(gateway=ALPHA, config=config)
    assert pos.config == {"names": ["a", "b"], "nested": {"id": 1}, "token": ""}
    assert "SECRET" not in repr(masked_config(pos))
    assert full_config(pos) == config
    services.pos.update(pos, config=masked_config(pos))
    assert full_config(pos) == config


def test_another_gateway_does_not_get_the_secrets(db):
    """iyzico shows its `api_key`; alpha hides a field of that name."""
    pos = PosFactory(gateway=ALPHA, config={"api_key": "API-KEY-123", "secret_key": "SECRET-KEY-456"})
    with pytest.raises(GatewayConfigError):
        services.pos.update(POS.objects.get(pk=pos.pk), gateway=IYZICO)
    masks = {"api_key": "********", "secret_key": "********"}
    with pytest.raises(GatewayConfigError):
        services.pos.update(POS.objects.get(pk=pos.pk), gateway=IYZICO, config=masks)
