from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from billing.models.fields import AmountField
from billing.models.payment import Payment
from billing.models.refund import Refund


class CorrelatedRequest(models.Model):
    """A request of a client. `correlator_id` is the client's idempotency key: repeated with the same `fingerprint` (a
    hash of its body), the request gets the first answer.
    """

    client = models.CharField(_("Client"), max_length=160)
    correlator_id = models.CharField(
        _("Correlator ID"), max_length=255, blank=True, default="", db_collation="C"
    )
    fingerprint = models.CharField(max_length=64, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["client", "correlator_id"],
                condition=~Q(correlator_id=""),
                name="billing_%(class)s_correlator",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.correlator_id or self.client


class ClientReferences(CorrelatedRequest):
    """A client's own references and descriptions of a payment or refund that it requested."""

    name = models.CharField(_("Name"), max_length=255, blank=True, default="", db_collation="C")
    description = models.CharField(_("Description"), max_length=500, blank=True, default="", db_collation="C")
    method_reference = models.CharField(_("Payment method"), max_length=128, blank=True, default="")
    channel: Any = models.JSONField(_("Client's channel"), null=True)
    party: Any = models.JSONField(_("Related party"), null=True)
    amount = AmountField(_("Amount before tax"), null=True)
    tax_amount = AmountField(_("Tax amount"), null=True)

    class Meta(CorrelatedRequest.Meta):
        abstract = True
        # Not partial where empty: the planner cannot tell that a regular expression excludes empty texts. Django allows
        # 30 characters for a name, hence the short suffixes.
        indexes = [
            models.Index(fields=["correlator_id"], name="%(class)s_corr"),
            models.Index(fields=["name"], name="%(class)s_name"),
            models.Index(fields=["description"], name="%(class)s_descr"),
            models.Index(
                fields=["method_reference"], condition=~Q(method_reference=""), name="%(class)s_method"
            ),
            models.Index(KT("channel__id"), name="%(class)s_chan"),
            models.Index(KT("party__id"), name="%(class)s_party"),
            models.Index(fields=["amount"], condition=Q(amount__isnull=False), name="%(class)s_amount"),
            models.Index(fields=["tax_amount"], condition=Q(tax_amount__isnull=False), name="%(class)s_tax"),
        ]

    def __str__(self) -> str:
        return self.correlator_id or self.name or self.client


class PaymentClientReferences(ClientReferences):
    payment = models.OneToOneField(
        Payment, primary_key=True, on_delete=models.PROTECT, related_name="client_references"
    )
    items: Any = models.JSONField(_("Payment items"), default=list)
    """As the client sent them: bills and other entities."""

    class Meta(ClientReferences.Meta):
        verbose_name = _("Client references of a payment")
        verbose_name_plural = _("Client references of payments")


class RefundClientReferences(ClientReferences):
    refund = models.OneToOneField(
        Refund, primary_key=True, on_delete=models.PROTECT, related_name="client_references"
    )

    refund_date = models.CharField(_("Refund date"), max_length=64, blank=True, default="")
    """As the client sent it; ours is the refund's own."""

    class Meta(ClientReferences.Meta):
        verbose_name = _("Client references of a refund")
        verbose_name_plural = _("Client references of refunds")


class AllocationClientReferences(CorrelatedRequest):
    """A client's allocation of a payment to bills."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocation_requests")

    class Meta(CorrelatedRequest.Meta):
        verbose_name = _("Client references of an allocation")
        verbose_name_plural = _("Client references of allocations")
