"""What the pages of payments share: broken rules in the operator's words."""

from django.db import models

from config.kit.admin import channel_admin
from config.kit.admin.form import BrokenRule, FormError
from config.kit.admin.service_admin import ServiceInline
from payments.admin.messages import rule_errors


class RuleErrorsMixin:
    """Broken rules in the operator's language."""

    model: type[models.Model]

    def form_errors(self, error: BrokenRule) -> list[FormError]:
        return rule_errors(error, self.model)


class PaymentsAdmin(RuleErrorsMixin, channel_admin.DatedAdmin):
    """A page of payments."""


class ChannelOwnedAdmin(RuleErrorsMixin, channel_admin.ChannelOwnedAdmin):
    """A page of payments for what belongs to one channel."""


class PaymentsInline(RuleErrorsMixin, ServiceInline):
    """A table of payments inside its parent's page."""
