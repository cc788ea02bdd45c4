"""Base classes of the payments admin: texts of broken rules."""

from config.kit.admin import channel_admin
from config.kit.admin.form import BrokenRule, FormError
from config.kit.admin.service_admin import ServiceFormsMixin, ServiceInline
from payments.admin.messages import rule_errors


class PaymentsFormsMixin(ServiceFormsMixin):
    def form_errors(self, error: BrokenRule) -> list[FormError]:
        return rule_errors(error, self.model)


class PaymentsAdmin(PaymentsFormsMixin, channel_admin.DatedAdmin):
    pass


class ChannelOwnedAdmin(PaymentsFormsMixin, channel_admin.ChannelOwnedAdmin):
    pass


class PaymentsInline(PaymentsFormsMixin, ServiceInline):
    pass
