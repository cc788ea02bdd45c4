"""What the pages of payments share: broken rules in the operator's words."""

from config.kit.admin import channel_admin as owned
from config.kit.admin.base import ServiceInline
from config.kit.admin.form import BrokenRule, FormError
from payments.admin.messages import explain_rule


class Explained:
    def explain(self, error: BrokenRule) -> list[FormError]:
        return explain_rule(error, self.model)  # type: ignore[attr-defined]


class PaymentsAdmin(Explained, owned.DatedAdmin):
    """A page of payments."""


class ChannelOwnedAdmin(Explained, owned.ChannelOwnedAdmin):
    """A page of payments for what belongs to one channel."""


class PaymentsInline(Explained, ServiceInline):
    """A table of payments inside its parent's page."""
