"""The payer's pages: return from the bank, result, and dummypay's own 3-D Secure page."""

from datetime import timedelta
from typing import cast
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from billing.attempts.gateway import connect
from billing.models import PayerReturn, Payment
from billing.services.return_token import payment_of_return_token
from billing.states import OPEN_STATES, REFUNDABLE_STATES
from billing.threeds.callback import handle_callback
from billing.threeds.page import autopost_page
from billing.threeds.policy import LOOK_AGAIN_SCRIPT, TELL_SCRIPT, open_to_portals, payers_page
from config.kit.contracts.client_ip import client_ip
from config.kit.lib.money import format_money
from config.kit.refusal import takes_card_numbers
from payments.gateways import payer_texts
from payments.gateways.dummypay.gateway import DummyPayGateway
from payments.gateways.types import Reason, ThreeDForm
from payments.gateways.wire.forms import read_form
from payments.models import POS

ABOUT_TO_END = timedelta(minutes=2)
"""The result page of an open payment reloads until so long after its last state change: the bank's server may be
completing it while the browser is already back."""

RESULT_IS_SHOWN = timedelta(days=1)
"""How long the address of a result page works: whoever finds it in a browser's history sees the amount."""


@takes_card_numbers
@csrf_exempt  # the bank posts cross-site, without cookies; the signed token and the bank's hash authenticate it
@never_cache
@require_http_methods(["GET", "POST"])
def three_d_return(request: HttpRequest, token: str) -> HttpResponse:
    """The return URL of all banks, for the payer's browser and the bank's server. Redirects to the result."""
    body = request.body if request.method == "POST" else request.META.get("QUERY_STRING", "").encode()
    handled = handle_callback(
        token=token, body=body, method=request.method or "", remote_address=client_ip(request) or None
    )
    if handled.payment is None:
        raise Http404
    answer = HttpResponseRedirect(reverse("payment-result", args=[token]))
    return open_to_portals(answer, handled.payment.channel)


@payers_page
@never_cache
@require_GET
def payment_result(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the payer the result: paid, not paid, or not known yet."""
    payment = payment_of_return_token(token, max_age=RESULT_IS_SHOWN)
    if payment is None:
        raise Http404
    reason = Reason(payment.reason) if payment.reason in Reason.__members__.values() else Reason.NONE
    told = payer_texts.TEXTS[reason]
    result = result_of(payment)
    back = PayerReturn.objects.filter(payment=payment).first()
    context = {
        "payment": payment,
        "result": result,
        "back": _with_result(back.url, payment, result) if back else "",
        "portal": urlsplit(back.url).hostname if back else "",
        "origins": " ".join(payment.channel.portal_origins),
        "script": TELL_SCRIPT,
        "look_again": LOOK_AGAIN_SCRIPT,
        "amount": format_money(payment.amount, payment.currency),
        "is_about_to_end": payment.modified_date > timezone.now() - ABOUT_TO_END,
        "reason": told,
    }
    return open_to_portals(render(request, "billing/result.html", context), payment.channel)


def result_of(payment: Payment) -> str:
    """For the portal's page (values: docs/contracts.md). Before it acts on money, its server asks the API."""
    if payment.state in OPEN_STATES:
        return "open"
    if payment.state in REFUNDABLE_STATES:
        return "paid"
    if payment.captured_amount > 0:
        return "refunded"
    return "failed" if is_certain(payment) else "unconfirmed"


def _with_result(url: str, payment: Payment, result: str) -> str:
    """The portal's address with the order and its result in the query, before a fragment."""
    parts = urlsplit(url)
    added = urlencode({"order": payment.order_id, "result": result})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def is_certain(payment: Payment) -> bool:
    """Whether it is certain that an ended payment took no money: no status query is due and no case is open."""
    return payment.next_check_at is None and not payment.cases.filter(closed_at=None).exists()


@payers_page
@takes_card_numbers
@csrf_exempt  # posted to by our own auto-submitting page, which has no session
@never_cache
@require_http_methods(["POST"])
def dummypay_page(request: HttpRequest, pos_id: int) -> HttpResponse:
    """The 3-D Secure page of dummypay, which has no bank: asks for the code, then returns the payer."""
    pos = get_object_or_404(POS, pk=pos_id, gateway=DummyPayGateway.path)
    gateway = cast(DummyPayGateway, connect(pos))
    try:
        fields = read_form(request.body)
        if "code" not in fields:
            page = gateway.open_page(fields)
            asked = render(request, "billing/dummypay.html", {"page": page})
            return open_to_portals(asked, pos.channel)
        code = fields.pop("code")
        answer = gateway.answer_page(fields, code)
    except ValueError:
        return render(request, "billing/dummypay.html", {"page": None}, status=400)
    if not answer.copies:
        return render(request, "billing/dummypay_gone.html")
    form = ThreeDForm(method="POST", action=answer.action, inputs=dict(answer.inputs))
    return open_to_portals(HttpResponse(autopost_page(form)), pos.channel)
