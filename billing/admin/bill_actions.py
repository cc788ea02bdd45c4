"""The buttons of a bill's page: close it by hand, open it again."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget

from billing import services
from billing.admin.base import with_currency
from billing.models import Bill, BillStatus
from config.kit.admin.confirm import ReasonForm, confirm


class CloseForm(ReasonForm):
    closed_as = forms.ChoiceField(
        label=gettext_lazy("Closed as"),
        choices=[
            (BillStatus.SETTLED, gettext_lazy("Settled: paid elsewhere")),
            (BillStatus.CANCELED, gettext_lazy("Canceled: not owed")),
        ],
        widget=UnfoldAdminRadioSelectWidget,
    )
    field_order = ("closed_as", "reason")


def close_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    bill = _bill(model_admin, request, object_id)

    def act(data: dict[str, Any]) -> str:
        services.bills.close(bill, status=BillStatus(data["closed_as"]), reason=data["reason"])
        return _("The bill is closed.")

    return confirm(
        model_admin,
        request,
        obj=bill,
        form_class=CloseForm,
        act=act,
        title=_("Close bill %(bill)s by hand") % {"bill": bill},
        submit_text=_("Close the bill"),
        explanation=_(
            "The open %(amount)s will not be asked for any more. What was paid stays with the bill."
        )
        % {"amount": with_currency(bill.open_amount, bill.currency)},
    )


def reopen_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    bill = _bill(model_admin, request, object_id)

    def act(data: dict[str, Any]) -> str:
        services.bills.reopen(bill, reason=data["reason"])
        return _("The bill is open again.")

    return confirm(
        model_admin,
        request,
        obj=bill,
        form_class=ReasonForm,
        act=act,
        title=_("Open bill %(bill)s again") % {"bill": bill},
        submit_text=_("Open the bill again"),
        explanation=_("It can be paid again."),
    )


def _bill(model_admin: Any, request: HttpRequest, object_id: str) -> Bill:
    bill: Bill | None = model_admin.get_object(request, object_id)
    if bill is None:
        raise Http404
    return bill
