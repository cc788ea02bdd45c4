"""Every exchange that the contract's page prints, and the decisions on it, as a client sends and reads it."""

from pathlib import Path

import pytest

from tests.support import golden
from tests.support.factories import BankFactory, CardFactory, CardTypeFactory, ChannelFactory, PosFactory

FILES = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.fixture
def world(channel):
    """Channel Shop with the card's parts, channel Unified with foreign ones."""
    unified = ChannelFactory(name="Unified", slug="unified")
    return {"channel": channel.pk, "unified": unified.pk, "unified_channel": unified, "shop": channel}


def add_parts(world):
    shop, unified = world["shop"], world["unified_channel"]
    world["foreign_bank"] = BankFactory(channel=unified, name="Foreign", slug="foreign").pk
    world["foreign_pos"] = PosFactory(channel=unified, slug="foreign-pos").pk
    bank = BankFactory(channel=shop, name="VakıfBank", slug="vakifbank")
    pos = PosFactory(channel=shop, slug="pos")
    card_type = CardTypeFactory(channel=shop, name="World", slug="world")
    world |= {"bank": bank.pk, "pos": pos.pk, "card_type": card_type.pk}
    return bank, card_type, pos


def add_card(world):
    bank, card_type, pos = add_parts(world)
    card = CardFactory(channel=world["shop"], name="Card", bank=bank, card_type=card_type, cash_payment=pos)
    world["card"] = card.pk


PREPARE = {
    "cards": add_parts,
    "bank_accounts": add_parts,
    "bin_numbers": add_card,
    "installments": add_card,
    "multi_currency_cards": add_card,
    "channels": add_card,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_answers_as_the_page_prints(file, api, world):
    PREPARE.get(file.stem, lambda world: None)(world)
    golden.run(api, golden.load(file), world)
