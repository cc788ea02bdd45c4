"""Which POS will this card use? The answer that routing gives, for people."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from config.kit.admin.reach import limit_choices
from config.kit.lib.money import format_money
from config.kit.refusal import takes_card_numbers
from payments import routing
from payments.admin.pos_labels import POS_LABELS
from payments.bin_form import BinForm
from payments.charge_obstacles import find_obstacles, is_in_test_mode
from payments.errors import NoCardMatchedError
from payments.gateways.types import Capability
from payments.models import POS
from payments.route_reasons import in_language

PERMISSIONS = (
    "payments.view_card",
    "payments.view_pos",
    "payments.view_binnumber",
    "payments.view_installment",
)


@takes_card_numbers
@sensitive_post_parameters("bin")
def which_pos(request: HttpRequest) -> HttpResponse:
    """By POST, so that digits of cards are in no address and no server's log."""
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    form = BinForm(request.POST or None)
    limit_choices(form, request.user)
    answer: routing.Match | None = None
    is_unknown = False
    if request.method == "POST" and form.is_valid():
        try:
            answer = routing.match(**form.cleaned_data)
        except NoCardMatchedError:
            is_unknown = True
    context = {
        **admin.site.each_context(request),
        "title": _("Which POS will this card use?"),
        "form": form,
        "submit_text": _("Find the POS"),
        "answer": answer,
        "routes": _routes(answer) if answer else [],
        "offers": [_offer(item, answer.currency) for item in answer.offers] if answer else [],
        "is_unknown": is_unknown,
    }
    return TemplateResponse(request, "admin/payments/which_pos.html", context)


def _routes(answer: routing.Match) -> list[dict[str, Any]]:
    """Each route with what keeps it from charging now, by the charge's own rule."""
    routes = [
        (POS_LABELS["cash_payment"], answer.cash, Capability.SALE),
        (POS_LABELS["installment_payment"], answer.installment, Capability.SALE),
        (POS_LABELS["three_d_payment"], answer.three_d, Capability.THREE_D),
    ]
    return [
        {
            "label": label,
            "route": route,
            "reason": in_language(route.reason),
            "obstacles": find_obstacles(route.pos, capability, answer.currency) if route.pos else [],
            "instead": _stand_in(route.pos, answer, capability),
            "is_test": route.pos is not None and is_in_test_mode(route.pos),
        }
        for label, route, capability in routes
    ]


def _stand_in(pos: POS | None, answer: routing.Match, capability: Capability) -> POS | None:
    """The fallback of a POS that people have switched off, if it can charge now."""
    fallback = answer.fallback
    if pos is None or pos.is_active or fallback is None:
        return None
    return None if find_obstacles(fallback, capability, answer.currency) else fallback


def _offer(offer: routing.InstallmentOffer, currency: str) -> dict[str, Any]:
    """Numbers as the reader's language writes them, with the places that the currency has."""
    rate = offer.installment.interest_rate.normalize()
    return {
        "installment": offer.installment,
        "rate": number_format(f"{rate:f}"),
        "monthly": _amount(offer.monthly, currency),
        "total": _amount(offer.total, currency),
    }


def _amount(value: Decimal | None, currency: str) -> str | None:
    return None if value is None else format_money(value, currency)
