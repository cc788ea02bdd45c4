from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from billing.models.fields import CurrencyField
from billing.models.tenant import Tenant
from config.kit.lib.folding import SearchWords
from payments.models.base import CHANNEL_IS_FIXED, Dated, tracked

# FOR UPDATE waits for transactions that are adding a bill: they hold a key share of the row.
CURRENCY_OF_BILLS = pgtrigger.Trigger(
    name="currency_of_bills",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__currency__df=pgtrigger.F("new__currency")),
    func="""
        PERFORM FROM billing_account WHERE id = OLD.id FOR UPDATE;
        IF EXISTS (
            SELECT FROM billing_bill AS bill
            JOIN billing_subscription AS subscription ON subscription.id = bill.subscription_id
            WHERE subscription.account_id = OLD.id
        ) OR EXISTS (SELECT FROM billing_payment WHERE account_id = OLD.id) THEN
            RAISE EXCEPTION 'An account with bills or payments keeps its currency'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_account_currency_of_bills';
        END IF;
        RETURN NEW;
    """,
)

ACCOUNT_OF_BILLS = pgtrigger.Trigger(
    name="account_of_bills",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__account_id__df=pgtrigger.F("new__account_id")),
    func="""
        PERFORM FROM billing_subscription WHERE id = OLD.id FOR UPDATE;
        IF EXISTS (SELECT FROM billing_bill WHERE subscription_id = OLD.id)
            OR EXISTS (SELECT FROM billing_payment WHERE subscription_id = OLD.id) THEN
            RAISE EXCEPTION 'A subscription with bills or payments keeps its account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_subscription_account_of_bills';
        END IF;
        RETURN NEW;
    """,
)


class PhoneKey(models.Func):
    """The last ten digits of a phone number, however it is written: a Turkish number without its prefixes."""

    template = "RIGHT(REGEXP_REPLACE(%(expressions)s, '[^0-9]', '', 'g'), 10)"
    output_field: Any = models.TextField()


@tracked()
class Account(Dated):
    """A customer who is billed, in one currency."""

    personal_fields: ClassVar[frozenset[str]] = frozenset({"name", "email", "phone"})

    channel = models.ForeignKey(
        "payments.Channel", verbose_name=_("Channel"), on_delete=models.PROTECT, related_name="accounts"
    )
    account_number = models.CharField(
        _("Account number"),
        max_length=64,
        db_collation="C",  # prefix searches use the unique index whatever the server's locale
    )
    name = models.CharField(_("Name"), max_length=200)
    email = models.EmailField(_("Email"), blank=True, default="")
    phone = models.CharField(_("Phone"), max_length=32, blank=True, default="")
    currency = CurrencyField(_("Currency"), default="TRY")

    class Meta:
        verbose_name = _("Account")
        verbose_name_plural = _("Accounts")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["account_number"], name="billing_account_number")]
        indexes = [
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="billing_account_by_name"),
            # what the desk searches by
            models.Index(OpClass(Upper("email"), "varchar_pattern_ops"), name="billing_account_email_begins"),
            GinIndex(SearchWords("name"), name="billing_account_words"),
            models.Index(OpClass(PhoneKey("phone"), "text_pattern_ops"), name="billing_account_phone"),
        ]
        triggers = [CHANNEL_IS_FIXED, CURRENCY_OF_BILLS]

    def __str__(self) -> str:
        return f"{self.account_number} {self.name}"


class SubscriptionStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


@tracked()
class Subscription(Dated):
    """What an account is billed for. `number` is the subscription id of the contracts."""

    channel_path = "account__channel"

    account = models.ForeignKey(
        Account, verbose_name=_("Account"), on_delete=models.PROTECT, related_name="subscriptions"
    )
    number = models.BigIntegerField(
        _("Number"), blank=True, help_text=_("Leave empty to assign the next free number.")
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("Tenant"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subscriptions",
    )
    name = models.CharField(_("Name"), max_length=200, blank=True, default="")
    status = models.CharField(
        _("Status"), max_length=16, choices=SubscriptionStatus.choices, default=SubscriptionStatus.ACTIVE
    )

    class Meta:
        verbose_name = _("Subscription")
        verbose_name_plural = _("Subscriptions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_subscription_number"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="billing_subscription_number_from_1"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SubscriptionStatus.values), name="billing_subscription_status"
            ),
        ]
        triggers = [ACCOUNT_OF_BILLS]

    def __str__(self) -> str:
        return str(self.number)
