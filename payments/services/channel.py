from config.kit.services import Service
from payments.channel_settings import check_settings
from payments.errors import DefaultCardIncompatibleError
from payments.models import Channel


class ChannelService(Service[Channel]):
    model = Channel
    in_use_code = "channel_100_2"
    controlled_fields = ("conf", "default_currency")

    def check_rules(self, instance: Channel, stored: Channel | None) -> None:
        check_settings(instance.conf, stored.conf if stored else {})
        card = instance.default_card
        if card is not None and card.channel_id != instance.pk:
            raise DefaultCardIncompatibleError(f"Channel: {instance.name} {card.name} channel incompatible.")

    def loosened(self, instance: Channel, stored: Channel | None) -> list[str]:
        """The refund limit, if more than before can be refunded without a second person; its currency; and whether late
        money is refunded by itself; and portals that payers are sent back to.
        """
        before = stored or Channel()
        names = []
        if instance.refund_limit > before.refund_limit:
            names.append("refund_limit")
        if instance.conf.get("late_payments") != before.conf.get("late_payments"):
            names.append("late_payments")
        if not set(instance.portal_origins) <= set(before.portal_origins):
            names.append("portal_origins")
        if stored is not None and instance.default_currency != stored.default_currency:
            names.append("default_currency")
        return names

    def describe(self, instance: Channel) -> dict[str, str]:
        lines = super().describe(instance)
        del lines[str(Channel._meta.get_field("conf").verbose_name)]
        return {**lines, **{name: str(value) for name, value in instance.conf.items()}}
