from config.kit.services import Service
from payments.errors import DefaultCardIncompatibleError
from payments.models import Channel


class ChannelService(Service[Channel]):
    model = Channel
    in_use_code = "channel_100_2"

    def check_rules(self, instance: Channel, stored: Channel | None) -> None:
        card = instance.default_card
        if card is not None and card.channel_id != instance.pk:
            raise DefaultCardIncompatibleError(f"Channel: {instance.name} {card.name} channel incompatible.")
