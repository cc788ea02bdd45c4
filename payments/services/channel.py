from payments.errors import DefaultCardIncompatibleError
from payments.models import Channel
from payments.services.base import Service


class ChannelService(Service[Channel]):
    model = Channel

    def check_rules(self, instance: Channel, stored: Channel | None) -> None:
        card = instance.default_card
        if card is not None and card.channel_id != instance.pk:
            raise DefaultCardIncompatibleError(f"Channel: {instance.name} {card.name} channel incompatible.")
