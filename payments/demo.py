"""Demo data: a shop with POS, banks, cards, BINs and terms."""

from typing import Any

from payments import services
from payments.models import Channel


def load(demo: dict[str, Any]) -> Channel:
    """Create everything of one channel; objects name each other by slug."""
    channel = services.channels.create(**demo["channel"])
    pos = {item["slug"]: services.pos.create(channel=channel, **item) for item in demo["pos"]}
    banks = {item["slug"]: services.banks.create(channel=channel, **item) for item in demo["banks"]}
    types = {item["slug"]: services.card_types.create(channel=channel, **item) for item in demo["card_types"]}
    for item in demo["cards"]:
        _load_card(item, channel=channel, pos=pos, banks=banks, types=types)
    for item in demo["bank_accounts"]:
        services.bank_accounts.create(channel=channel, **{**item, "bank": banks[item["bank"]]})
    for item in demo["payment_options"]:
        services.payment_options.create(channel=channel, **item)
    return channel


def _load_card(item: dict[str, Any], *, channel: Channel, pos: dict, banks: dict, types: dict) -> None:
    own = {name: pos[item[name]] for name in ("cash_payment", "installment_payment", "three_d_payment")}
    card = services.cards.create(
        channel=channel,
        name=item["name"],
        slug=item["slug"],
        bank=banks[item["bank"]],
        card_type=types[item["card_type"]],
        card_payment_type=item["card_payment_type"],
        is_commerce_card=item.get("is_commerce_card", False),
        **own,
    )
    for number in item["bin_numbers"]:
        services.bin_numbers.create(channel=channel, card=card, bin_number=number)
    for count, rate in item.get("installments", {}).items():
        label = "Single payment" if count == "1" else f"{count} installments"
        services.installments.create(card=card, installment_count=int(count), label=label, interest_rate=rate)
    for currency, slug in item.get("currencies", {}).items():
        services.multi_currency_cards.create(
            card=card,
            currency=currency,
            cash_payment=pos[slug],
            installment_payment=pos[slug],
            three_d_payment=pos[slug],
        )
    if item.get("is_default"):
        services.channels.update(channel, default_card=card)
