"""Pages over the statements: POS and days, what arrives when, and what banks took beyond the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from unfold.widgets import UnfoldAdminDateWidget

from billing.statements.commissions import list_commissions
from billing.statements.days import PosDay, close_day, list_days
from billing.statements.forecast import list_arrivals
from billing.statements.payouts import list_payouts
from config.kit.identity.access import reach_of
from config.kit.lib.days import today
from config.kit.lib.errors import RuleError
from config.kit.lib.money import format_money
from payments.models import POS, Bank

PERMISSIONS = ("billing.view_closedday",)
SHOWN_DAYS, MOST_DAYS = 7, 366


class RangeForm(forms.Form):
    use_required_attribute = False
    since = forms.DateField(label=gettext_lazy("From"), widget=UnfoldAdminDateWidget())
    until = forms.DateField(label=gettext_lazy("To"), widget=UnfoldAdminDateWidget())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and not 0 <= (until - since).days < MOST_DAYS:
            self.add_error("until", _("Choose at most %(days)s days.") % {"days": MOST_DAYS})
        return data


@dataclass(frozen=True)
class Cell:
    text: str
    link: str = ""
    is_number: bool = False
    is_bad: bool = False


@require_GET
def days(request: HttpRequest) -> HttpResponse:
    """POS × day: what we expected, what the bank lists, and what is open."""
    form, since, until = _range(request, SHOWN_DAYS)
    names = _pos_of(request)
    found = list_days(list(names), since, until)
    headings = [_("Day"), _("POS"), _("Gross"), _("Refunds"), _("Commission"), _("Net"), _("Expected net"),
                _("Difference"), _("Open differences"), _("State")]  # fmt: skip
    rows = [
        {"cells": _day_cells(item, names[item.pos_id]), "closes": _can_close(request, item), "item": item}
        for item in found
    ]
    return _page(request, _("Days"), headings, rows, form=form)


def _day_cells(item: PosDay, pos: str) -> list[Cell]:
    query = f"?pos__id__exact={item.pos_id}"
    lines = f"{reverse('admin:billing_statementline_changelist')}{query}&sold_on_from={item.day}&sold_on_to={item.day}"
    open_ones = f"{reverse('admin:billing_difference_changelist')}{query}&is_open=yes"
    state = _("Closed") if item.is_closed else _("Open") if item.is_listed else _("No statement")
    return [
        Cell(date_format(item.day), lines),
        Cell(pos),
        *(
            Cell(format_money(amount, item.currency), is_number=True)
            for amount in (item.gross, item.refunds, item.commission, item.net, item.expected_net)
        ),
        Cell(format_money(item.difference, item.currency), is_number=True, is_bad=item.difference != 0),
        Cell(str(item.open_differences), open_ones, is_number=True, is_bad=item.open_differences > 0),
        Cell(state),
    ]


def _can_close(request: HttpRequest, item: PosDay) -> bool:
    return (
        item.is_listed
        and not item.is_closed
        and not item.open_differences
        and request.user.has_perm("billing.close_day")
    )


@require_POST
def close(request: HttpRequest, pos: int, day: str) -> HttpResponse:
    if not request.user.has_perm("billing.close_day"):
        raise PermissionDenied
    found = get_object_or_404(reach_of(request.user).limit(POS.objects.all()), pk=pos)
    try:
        close_day(found, date.fromisoformat(day), user_id=request.user.pk)
    except RuleError as error:
        messages.error(request, error.message)
    except ValueError:
        raise PermissionDenied from None
    else:
        messages.success(request, _("The day was closed."))
    return HttpResponseRedirect(f"{reverse('billing_admin:days')}?since={day}&until={day}")


@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    arrivals = list_arrivals(list(_pos_of(request)))
    headings = [_("Day"), _("Bank"), _("Bank account"), _("Amount")]
    rows = [
        {
            "cells": [
                Cell(date_format(item.day)),
                Cell(item.bank or "–"),
                Cell(item.account or "–"),
                Cell(format_money(item.amount, item.currency), is_number=True),
            ]
        }
        for item in arrivals
    ]
    explanation = _(
        "What banks will pay in the next 60 days, by the commission plans at the time of each sale."
    )
    return _page(request, _("Cash forecast"), headings, rows, explanation=explanation)


@require_GET
def payouts(request: HttpRequest) -> HttpResponse:
    """What a bank listed for a value date, and when it arrived on the account."""
    form, since, until = _range(request, SHOWN_DAYS)
    found = list_payouts(list(_pos_of(request)), since, until)
    headings = [_("Value date"), _("POS"), _("Bank account"), _("Net"), _("Arrived on")]
    rows = [
        {
            "cells": [
                Cell(date_format(item.value_date)),
                Cell(item.pos),
                Cell(item.account),
                _money(item.net, item.currency),
                Cell(date_format(item.arrived_on) if item.arrived_on else "–", is_bad=item.is_missing),
            ]
        }
        for item in found
    ]
    return _page(request, _("Payouts of banks"), headings, rows, form=form)


@require_GET
def commissions(request: HttpRequest) -> HttpResponse:
    form, since, until = _range(request, 31)
    found = list_commissions(list(_pos_of(request)), since, until)
    headings = [_("Month"), _("POS"), _("Card type"), _("Installments"), _("Sales"), _("Planned"), _("Charged"),
                _("Overcharged")]  # fmt: skip
    rows = [
        {
            "cells": [
                Cell(date_format(item.month, "F Y")),
                Cell(item.pos),
                Cell(item.card_type or "–"),
                Cell(str(item.installments), is_number=True),
                Cell(str(item.sales), is_number=True),
                *(_money(amount, item.currency) for amount in (item.planned, item.charged)),
                Cell(
                    format_money(item.overcharged, item.currency),
                    is_number=True,
                    is_bad=item.overcharged > 0,
                ),
            ]
        }
        for item in found
    ]
    is_overcharged = any(item.overcharged > 0 for item in found)
    links = _letters(request, since, until) if is_overcharged else []
    return _page(request, _("Commission of banks"), headings, rows, form=form, links=links)


def _letters(request: HttpRequest, since: date, until: date) -> list[tuple[str, str]]:
    banks = reach_of(request.user).limit(Bank.objects.filter(agreements__isnull=False)).distinct()
    return [
        (
            _("Letter to %(bank)s (Excel)") % {"bank": bank.name},
            reverse("billing_admin:commission_letter", args=[bank.pk, since.isoformat(), until.isoformat()]),
        )
        for bank in banks.order_by("name")
    ]


def _money(amount: Decimal, currency: str) -> Cell:
    return Cell(format_money(amount, currency), is_number=True)


def _pos_of(request: HttpRequest) -> dict[int, str]:
    """The POS within the user's reach. PermissionDenied for users who may not see days."""
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    return dict(reach_of(request.user).limit(POS.objects.all()).values_list("pk", "name"))


def _range(request: HttpRequest, shown: int) -> tuple[RangeForm, date, date]:
    """The chosen days; the last ones where none, or wrong ones, are chosen."""
    last = today()
    first = last - timedelta(days=shown - 1)
    form = RangeForm(request.GET if "since" in request.GET else None, initial={"since": first, "until": last})
    if form.is_bound and form.is_valid():
        return form, form.cleaned_data["since"], form.cleaned_data["until"]
    return form, first, last


def _page(
    request: HttpRequest,
    title: str,
    headings: Sequence[str],
    rows: list[dict[str, Any]],
    *,
    form: RangeForm | None = None,
    explanation: str = "",
    links: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "headings": headings,
        "rows": rows,
        "form": form,
        "explanation": explanation,
        "links": links,
    }
    return TemplateResponse(request, "admin/billing/figures.html", context)
