"""Rules of what is agreed with banks."""

from django.db.models import Q
from django.utils.translation import gettext as _

from billing.models import AcquiringAgreement, BankDay, CommissionPlan
from config.kit.lib.errors import InvalidValueError
from config.kit.lib.money import places_error
from config.kit.services import Service

CRITERIA = ("card_type", "card_payment_type", "is_commercial", "is_own_bank", "installments")
"""What a plan may require of a sale; none of them has to be named."""


class AcquiringAgreementService(Service[AcquiringAgreement]):
    model = AcquiringAgreement
    in_use_code = "agreement_100_1"

    def wire_name(self, instance: AcquiringAgreement) -> str:
        return instance.terminal_number

    def check_rules(self, instance: AcquiringAgreement, stored: AcquiringAgreement | None) -> None:
        if instance.bank.channel_id != instance.pos.channel_id:
            raise InvalidValueError("bank", _("The bank belongs to another channel than the POS."))
        if instance.account is not None and instance.account.bank_id != instance.bank_id:
            raise InvalidValueError("account", _("The account is at another bank."))


class CommissionPlanService(Service[CommissionPlan]):
    model = CommissionPlan
    in_use_code = "commission_100_1"

    def wire_name(self, instance: CommissionPlan) -> str:
        return str(instance.pk)

    def check_rules(self, instance: CommissionPlan, stored: CommissionPlan | None) -> None:
        if instance.card_type is not None and instance.card_type.channel_id != instance.pos.channel_id:
            raise InvalidValueError("card_type", _("The card type belongs to another channel than the POS."))
        if error := places_error(instance.fixed_amount, instance.currency):
            raise InvalidValueError("fixed_amount", error)
        if not 0 <= instance.rate <= 100:
            raise InvalidValueError("rate", _("Enter a percentage from 0 to 100."))
        if instance.valid_to is not None and instance.valid_to < instance.valid_from:
            raise InvalidValueError("valid_to", _("The last day is before the first one."))
        if self.overlapping(instance):
            raise InvalidValueError("valid_from", _("Another plan for the same sales is valid in this time."))

    def overlapping(self, plan: CommissionPlan) -> bool:
        """A constraint of the database enforces the same."""
        others = CommissionPlan.objects.exclude(pk=plan.pk).filter(
            self.same(plan, ("pos", "currency", *CRITERIA)), self._until(plan)
        )
        return others.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=plan.valid_from)).exists()

    def same(self, instance: CommissionPlan, fields: tuple[str, ...]) -> Q:
        wanted = {name: getattr(instance, name) for name in fields}
        return Q(
            **{
                f"{name}__isnull" if value is None else name: True if value is None else value
                for name, value in wanted.items()
            }
        )

    def _until(self, plan: CommissionPlan) -> Q:
        return Q() if plan.valid_to is None else Q(valid_from__lte=plan.valid_to)


class BankDayService(Service[BankDay]):
    model = BankDay
    in_use_code = "bankday_100_1"

    def wire_name(self, instance: BankDay) -> str:
        return str(instance.day)
