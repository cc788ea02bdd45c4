"""Ids of other systems are no card numbers: none is refused."""

import random
import uuid

import pytest

from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number

COUNT = 100_000
EPOCH = 1_795_000_000  # November 2026


def object_id(dice: random.Random) -> str:
    return f"{EPOCH + dice.randrange(10**8):08x}{dice.getrandbits(64):016x}"


def snowflake(since: int, dice: random.Random) -> str:
    """Twitter's and Discord's form: milliseconds since their epoch, then 22 bits."""
    return str((EPOCH * 1000 + dice.randrange(10**9) - since) << 22 | dice.getrandbits(22))


KINDS = {
    "UUID": lambda dice: str(uuid.UUID(int=dice.getrandbits(128), version=4)),
    "UUID without hyphens": lambda dice: uuid.UUID(int=dice.getrandbits(128), version=4).hex,
    "ObjectId": object_id,
    "phone": lambda dice: f"+90{dice.randrange(5_000_000_000, 6_000_000_000)}",
    "phone without plus": lambda dice: f"0090{dice.randrange(5_000_000_000, 6_000_000_000)}",
    "milliseconds": lambda dice: str((EPOCH + dice.randrange(10**9)) * 1000 + dice.randrange(1000)),
    "microseconds": lambda dice: str((EPOCH + dice.randrange(10**8)) * 10**6 + dice.randrange(10**6)),
    "nanoseconds": lambda dice: str((EPOCH + dice.randrange(10**8)) * 10**9 + dice.randrange(10**9)),
    "Twitter's snowflake": lambda dice: snowflake(1_288_834_974_657, dice),
    "Discord's snowflake": lambda dice: snowflake(1_420_070_400_000, dice),
    "IBAN": lambda dice: f"TR{dice.randrange(10**24):024d}",
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_id_is_refused(kind):
    dice = random.Random(kind)  # noqa: S311  a test's dice
    made = (KINDS[kind](dice) for _ in range(COUNT))
    assert [item for item in made if holds_bare_card_number(item)] == []


@pytest.mark.parametrize("kind", ["UUID", "ObjectId", "phone", "milliseconds"])
def test_no_usual_id_is_refused_within_a_text(kind):
    dice = random.Random(kind)  # noqa: S311  a test's dice
    made = (f"order {KINDS[kind](dice)} of today" for _ in range(COUNT // 10))
    assert [item for item in made if holds_card_number(item)] == []


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111111", "4222222222222", "4000000000000000006", "5555555555554444", "2223003122003222",
        "378282246310005", "30569309025904", "6011111111111117", "9792030394440796", "3566002020360505",
        "6200000000000005", "6759649826438453",
    ],
)  # fmt: skip
def test_every_network_is_known(number):
    for text in (number, f"ref:{number}", f"({number})"):
        assert holds_bare_card_number(text)
        assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005", "4111 1111 1111 1111 12/28",
        "12 4111 1111 1111 1111", "card4111111111111111ok", "4111\u00a01111\u00a01111\u00a01111",
        "４１１１１１１１１１１１１１１１",
        "4111.1111.1111.1111", "4\u200b111 1111 1111 1111",
    ],
)  # fmt: skip
def test_free_text_hides_none(text):
    assert holds_card_number(text)
