"""All cards of a POS to another one: chosen, shown, moved, and moved back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminSelectWidget

from config.kit.admin.confirm import ConfirmedAction
from config.kit.admin.form import BROKEN_RULES
from config.kit.admin.preview import Preview, PreviewedAction, PreviewTable
from config.kit.admin.urls import admin_url
from config.kit.factors.marks import asks_factor
from config.kit.identity.access import reach_of
from config.kit.lib.money import format_money
from payments import move_costs
from payments.admin.messages import rule_errors
from payments.admin.pos_labels import POS_LABELS
from payments.admin.rate_text import rate_text
from payments.models import POS, Card, CardMove
from payments.move_costs import Commission, CostChange
from payments.services import card_moves
from payments.services.card_moves import MovePlan, card_of, currency_of

PERMISSIONS = ("payments.view_pos", "payments.change_card", "payments.change_multicurrencycard")


class TargetForm(forms.Form):
    target = forms.ModelChoiceField(
        queryset=POS.objects.none(), label=gettext_lazy("To POS"), widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, *args: Any, source: POS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = POS.objects.filter(channel=source.channel_id).exclude(pk=source.pk).order_by("name")
        self.fields["target"].queryset = others  # type: ignore[attr-defined]  # the field above


class MoveCards(PreviewedAction[POS]):
    name = "move_cards"
    label = gettext_lazy("Move cards")
    submit_text = gettext_lazy("Move the cards")
    icon = "move_down"
    permission = "payments.change_card"
    choice_class = TargetForm

    @classmethod
    def is_allowed(cls, page: Any, request: HttpRequest, object_id: Any) -> bool:
        return request.user.has_perms(PERMISSIONS)

    def title(self) -> str:
        return _("Move all cards of %(pos)s") % {"pos": self.instance.name}

    def explanation(self) -> str:
        return _(
            "New payments with these cards are charged at the other POS. Payments already made stay where they are, "
            "and are refunded there. What payers pay for installments belongs to the cards and stays the same."
        )

    def choice_arguments(self) -> dict[str, Any]:
        return {"source": self.instance}

    def preview(self, choice: dict[str, Any]) -> Preview:
        plan = card_moves.plan_move(self.instance, choice["target"])
        sees_costs = self.request.user.has_perms(move_costs.permissions())
        return Preview(
            seen=plan.seen,
            facts=[
                (_("From POS"), plan.source.name),
                (_("To POS"), plan.target.name),
                (_("Cards that move"), str(len(plan.cards))),
            ],
            warnings=_warnings(plan),
            tables=[*([_costs(plan.costs)] if sees_costs else []), _staying(plan), _moving(plan)],
            is_possible=bool(plan.moving),
        )

    def act(self, choice: dict[str, Any], seen: str) -> HttpResponse:
        move = card_moves.move_cards(self.instance, choice["target"], seen=seen, user_id=self.request.user.pk)
        return HttpResponseRedirect(reverse("payments_admin:card_move", args=[move.pk]))


class LastMove(ConfirmedAction[POS]):
    """Leads to the page of the last move away from the POS, where it is taken back."""

    name = "last_move"
    label = gettext_lazy("Move cards back")
    icon = "undo"
    permission = "payments.change_card"
    is_allowed = MoveCards.is_allowed

    @classmethod
    def is_possible(cls, instance: POS, request: HttpRequest) -> bool:
        return card_moves.find_last_move(instance) is not None

    def respond(self) -> HttpResponse:
        move = card_moves.find_last_move(self.instance)
        if move is None:
            return HttpResponseRedirect(admin_url(self.instance))
        return HttpResponseRedirect(reverse("payments_admin:card_move", args=[move.pk]))


@asks_factor
@require_http_methods(["GET", "POST"])
def card_move(request: HttpRequest, pk: int) -> HttpResponse:
    """What was moved, and the button that moves it back."""
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    moves = CardMove.objects.select_related("source", "target", "moved_by", "undone_by")
    move = get_object_or_404(reach_of(request.user).limit(moves), pk=pk)
    errors: list[str] = []
    if request.method == "POST":
        try:
            card_moves.undo(move, user_id=request.user.pk)
        except BROKEN_RULES as error:
            errors = [text for _field, text in rule_errors(error, Card)]
        else:
            messages.success(request, _("The cards are back at %(pos)s.") % {"pos": move.source.name})
            return HttpResponseRedirect(admin_url(move.source))
    context = {
        **admin.site.each_context(request),
        "title": _("Cards were moved"),
        "move": move,
        "errors": errors,
        "back": admin_url(move.source),
        "target_url": admin_url(move.target),
    }
    return TemplateResponse(request, "admin/payments/card_move.html", context)


def _warnings(plan: MovePlan) -> list[str]:
    found = []
    if not plan.moving:
        found.append(_("No card can be moved."))
    if plan.goes_to_test and plan.moving:
        text = _("%(pos)s is in test mode: after the move, no real card is charged.")
        found.append(text % {"pos": plan.target.name})
    if plan.swapped:
        text = ngettext(
            "%(pos)s becomes the fallback POS of %(count)s card, in place of the one it moves to.",
            "%(pos)s becomes the fallback POS of %(count)s cards, in place of the one they move to.",
            len(plan.swapped),
        )
        found.append(text % {"pos": plan.source.name, "count": len(plan.swapped)})
    return found


def _costs(costs: list[CostChange]) -> PreviewTable:
    rows = [
        (
            change.installments,
            _commission(change.before, change.currency),
            _commission(change.after, change.currency),
            change.cards,
            ", ".join(change.names) + (" …" if change.cards > len(change.names) else ""),
        )
        for change in costs
    ]
    headings = [_("Installments"), _("Commission now"), _("Commission then"), _("Cards"), _("For example")]
    return PreviewTable(_("What the bank takes changes"), headings, rows)


def _commission(commission: Commission | None, currency: str) -> str:
    if commission is None:
        return _("no commission plan")
    rate = rate_text(commission.rate)
    return f"{rate} + {format_money(commission.fixed, currency)}" if commission.fixed else rate


def _staying(plan: MovePlan) -> PreviewTable:
    rows = [
        (_roles(item.roles), item.currency, len(item.cards), item.reason, _names(item.cards))
        for item in plan.staying
    ]
    headings = [_("Role"), _("Currency"), _("Cards"), _("Reason"), _("For example")]
    return PreviewTable(_("Stays, because the other POS cannot charge it"), headings, rows)


def _moving(plan: MovePlan) -> PreviewTable:
    rows = [
        (card_of(row).name, card_of(row).bank.name, currency_of(row), _roles(roles))
        for row, roles in plan.moving
    ]
    headings = [_("Card"), _("Bank"), _("Currency"), _("Role")]
    return PreviewTable(_("Moves"), headings, rows)


def _roles(roles: tuple[str, ...]) -> str:
    return ", ".join(str(POS_LABELS[role]) for role in roles)


def _names(cards: Any) -> str:
    return ", ".join(card.name for card in cards[:3]) + (" …" if len(cards) > 3 else "")
