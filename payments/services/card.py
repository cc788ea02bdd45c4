from config.kit.services import Service
from payments.errors import (
    BinIncompatibleError,
    CardIncompatibleError,
    FallbackPosError,
    InstallmentCardChangedError,
    InstallmentExistsError,
    MultiCurrencyCardChangedError,
    MultiCurrencyPosIncompatibleError,
    PosIncompatibleError,
)
from payments.models import POS, BinNumber, Card, CardType, Installment, MultiCurrencyCard
from payments.services.logo import LogoService


class CardTypeService(LogoService[CardType]):
    model = CardType
    channel_code = "card_type_100_2"
    in_use_code = "card_type_100_3"


class CardService(Service[Card]):
    model = Card
    channel_code = "card_100_3"
    in_use_code = "card_100_4"

    def check_rules(self, instance: Card, stored: Card | None) -> None:
        bank, card_type, channel = instance.bank, instance.card_type, instance.channel
        if {bank.channel_id, card_type.channel_id} != {channel.pk}:
            raise CardIncompatibleError(
                f"Card: {bank.name} {card_type.name} {bank.slug} {channel.name} incompatible."
            )
        foreign = _pos_outside(instance, channel.pk)
        if foreign is not None:
            raise PosIncompatibleError(
                f"Card: {bank.name} {card_type.name} {foreign.slug} {channel.name} incompatible."
            )
        fallback = instance.fallback_payment
        if fallback is not None and fallback in _pos_of(instance):
            raise FallbackPosError(f"Card: {instance.slug} names Pos: {fallback.slug} as its own fallback.")


class MultiCurrencyCardService(Service[MultiCurrencyCard]):
    model = MultiCurrencyCard

    def check_rules(self, instance: MultiCurrencyCard, stored: MultiCurrencyCard | None) -> None:
        card = instance.card
        if stored is not None and stored.card.channel_id != card.channel_id:
            raise MultiCurrencyCardChangedError(
                f"Card: {card.slug} of MultiCurrencyCard: {stored.currency} cannot change to another channel."
            )
        foreign = _pos_outside(instance, card.channel_id)
        if foreign is not None:
            raise MultiCurrencyPosIncompatibleError(
                f"MultiCurrencyCard: {card.name} {instance.currency} {foreign.slug} {card.channel.name} incompatible."
            )


class BinNumberService(Service[BinNumber]):
    model = BinNumber
    channel_code = "bin_number_100_4"

    def wire_name(self, instance: BinNumber) -> str:
        return instance.bin_number

    def check_rules(self, instance: BinNumber, stored: BinNumber | None) -> None:
        if instance.card.channel_id != instance.channel_id:
            raise BinIncompatibleError(
                f"Channel: {instance.channel.name} {instance.card.name} channel incompatible."
            )


class InstallmentService(Service[Installment]):
    model = Installment

    def unique_error(self, instance: Installment, sets: list[tuple[str, ...]]) -> Exception:
        return InstallmentExistsError(f"Installment: {instance.installment_count} already exists.")

    def check_rules(self, instance: Installment, stored: Installment | None) -> None:
        if stored is not None and stored.card.channel_id != instance.card.channel_id:
            raise InstallmentCardChangedError(
                f"Card: {instance.card.slug} of Installment: {stored.installment_count} "
                "cannot change to another channel."
            )


def _pos_outside(instance: Card | MultiCurrencyCard, channel_id: int) -> POS | None:
    """The first POS that is not of the channel."""
    used = [*_pos_of(instance), instance.fallback_payment if isinstance(instance, Card) else None]
    return next((pos for pos in used if pos is not None and pos.channel_id != channel_id), None)


def _pos_of(instance: Card | MultiCurrencyCard) -> tuple[POS | None, ...]:
    return instance.cash_payment, instance.installment_payment, instance.three_d_payment
