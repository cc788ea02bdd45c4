"""Refunds and voids: who asked, who approved, what became of them. Above a limit a second person decides here."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from billing.admin.base import NumberSearch, payment_is, with_currency
from billing.admin.colours import REFUND_COLOURS
from billing.admin.payment_actions import SettleForm, outcome_of
from billing.admin.payments import link_to
from billing.models import Payment, Refund
from billing.services import refund, settle
from billing.states import RefundState
from config.kit.admin.badge import label
from config.kit.admin.base_admin import RecordAdmin
from config.kit.admin.channel_admin import DATES
from config.kit.admin.confirm import ReasonForm, confirm
from config.kit.admin.filters import DayRangeFilter


@admin.register(Refund)
class RefundAdmin(NumberSearch, RecordAdmin):
    list_display = (
        "pk",
        "created_date",
        "shown_state",
        "kind",
        "shown_amount",
        "shown_payment",
        "requested_by",
        "decided_by",
        "reason",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("payment", "requested_by", "decided_by")
    search_help_text = gettext_lazy(
        "Order id, bank reference, last four digits of the card, bill, subscription or account number"
    )
    sortable_by = ()
    ordering = ("-pk",)
    actions_detail = ["approve", "reject", "settle"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("shown_state", "kind", "shown_amount"),
                    ("shown_payment", "requested_by", "decided_by"),
                    "reason",
                    "decision_note",
                ]
            },
        ),
        (gettext_lazy("Dates"), {"fields": [DATES]}),
    ]

    def found_by(self, term: str) -> Q:
        found = Payment.objects.filter(payment_is(term)).order_by().values_list("pk", flat=True)
        return Q(payment_id__in=list(found[:1_000]))

    @display(description=gettext_lazy("State"))
    def shown_state(self, made: Refund) -> SafeString:
        return label(made.get_state_display(), REFUND_COLOURS[made.state])

    @display(description=gettext_lazy("Amount"))
    def shown_amount(self, made: Refund) -> str:
        return with_currency(made.amount, made.payment.currency)

    @display(description=gettext_lazy("Payment"))
    def shown_payment(self, made: Refund) -> SafeString:
        return link_to(made.payment)

    # --- buttons ---

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        made = self.get_object(request, str(object_id))
        shown = super().get_actions_detail(request, object_id) if made else []
        return [item for item in shown if _is_possible(item.path, made, request)]

    def has_approve_refund_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.approve_refund")

    def has_settle_payment_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.settle_payment")

    @action(
        description=gettext_lazy("Approve"),
        icon="check",
        url_path="approve",
        permissions=["approve_refund"],
    )
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        made = self._refund(request, object_id)

        def act(data: dict[str, Any]) -> str:
            return outcome_of(refund.approve(made, user_id=request.user.pk, note=data["reason"]))

        return self._decide(
            request, made, act, _("Approve a refund of %(amount)s"), _("Approve and give back")
        )

    @action(
        description=gettext_lazy("Reject"),
        icon="close",
        url_path="reject",
        permissions=["approve_refund"],
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        made = self._refund(request, object_id)

        def act(data: dict[str, Any]) -> str:
            refund.reject(made, user_id=request.user.pk, note=data["reason"])
            return _("Rejected. Nothing was given back.")

        return self._decide(request, made, act, _("Reject a refund of %(amount)s"), _("Reject"))

    @action(
        description=gettext_lazy("Settle by hand"),
        icon="gavel",
        url_path="settle",
        permissions=["settle_payment"],
    )
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        made = self._refund(request, object_id)

        def act(data: dict[str, Any]) -> str:
            settled = settle.settle_refund(
                made,
                was_made=data["answer"] == SettleForm.YES,
                reason=data["reason"],
                bank_reference=data["bank_reference"],
                user_id=request.user.pk,
            )
            return _("Settled. The refund is: %(state)s.") % {"state": settled.get_state_display()}

        return confirm(
            self,
            request,
            obj=made,
            form_class=SettleForm,
            act=act,
            title=_("Settle a refund of %(amount)s by hand") % {"amount": self.shown_amount(made)},
            submit_text=_("Settle the refund"),
            explanation=_(
                "Only with the bank's own word, by telephone or in its portal. The bank is asked once more first: if "
                "it answers now, its answer is booked."
            ),
            answers=(_("The money was given back."), _("The money was not given back.")),
        )

    def _decide(
        self, request: HttpRequest, made: Refund, act: Any, title: str, submit_text: str
    ) -> HttpResponse:
        explanation = _("Asked for by %(who)s, from payment %(payment)s: %(reason)s") % {
            "who": made.requested_by or "–",
            "payment": made.payment,
            "reason": made.reason,
        }
        return confirm(
            self,
            request,
            obj=made,
            form_class=ReasonForm,
            act=act,
            title=title % {"amount": self.shown_amount(made)},
            submit_text=submit_text,
            explanation=explanation,
        )

    def _refund(self, request: HttpRequest, object_id: str) -> Refund:
        made: Refund | None = self.get_object(request, object_id)
        if made is None:
            raise Http404
        return made

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payment__pos", "payment__channel")


def _is_possible(path: str, made: Refund, request: HttpRequest) -> bool:
    if path == "settle":
        return settle.can_settle_refund(made)
    return made.state == RefundState.WAITING and made.requested_by_id != request.user.pk
