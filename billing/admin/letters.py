"""The letter to a bank about commissions above the plan."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.statements.commissions import list_overcharged
from billing.statements.letters import write_letter
from config.kit.admin.export import XLSX_TYPE
from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.identity.access import reach_of
from payments.models import POS, Bank


@require_GET
def letter(request: HttpRequest, bank: int, since: str, until: str) -> HttpResponseBase:
    """The sales of the bank's POS within the user's reach."""
    if not request.user.has_perm("billing.view_closedday"):
        raise PermissionDenied
    reach = reach_of(request.user)
    found = get_object_or_404(reach.limit(Bank.objects.all()), pk=bank)
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        raise Http404 from None
    terminals = reach.limit(POS.objects.filter(agreement__bank=found)).values_list("pk", flat=True)
    sales = list_overcharged(list(terminals), first, last)
    if not sales:
        messages.info(request, _("This bank took no commission above the plan in these days."))
        return HttpResponseRedirect(f"{reverse('billing_admin:commissions')}?since={first}&until={last}")
    told = {"format": "xlsx", "what": "commissions above the plan", "since": since, "until": until}
    record(Action.EXPORTED, found, after=told)
    file = write_letter(found.name, first, last, sales)
    name = f"commissions-{found.pk}-{first}-{last}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
