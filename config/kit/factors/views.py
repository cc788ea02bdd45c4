"""Pages of the second factor: show it, add one, one's own list, recovery codes."""

from typing import cast
from urllib.parse import quote, urlencode

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from config.kit.attempts.log_in import wait_text
from config.kit.factors import enrolment, policy, session
from config.kit.factors.ask import CodeForm, ask_page
from config.kit.factors.codes import TooManyCodesError
from config.kit.factors.errors import FactorNeededError
from config.kit.factors.marks import asks_factor, open_before_factor
from config.kit.factors.models import RecoveryCode

PAGE = require_http_methods(["GET", "POST"])


class AppForm(forms.Form):
    use_required_attribute = False
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=16,
        help_text=gettext_lazy("The six digits that the app shows."),
        widget=UnfoldAdminTextInputWidget({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@open_before_factor
@login_required
@PAGE
def ask(request: HttpRequest) -> HttpResponse:
    """After the password. Where there is no factor yet, one is added first."""
    if not policy.has_factor(request.user):
        return _to("factors:add", request)
    form = CodeForm(request)
    if form.is_valid() or not session.is_due(request) and not session.is_stale(request):
        return HttpResponseRedirect(_next(request))
    return ask_page(request, form)


@open_before_factor
@login_required
@PAGE
def add(request: HttpRequest) -> HttpResponse:
    if policy.has_factor(request.user) and (session.is_due(request) or session.is_stale(request)):
        back = {"next": f"{request.path}?{urlencode({'next': _next(request)})}"}
        return HttpResponseRedirect(f"{reverse('factors:ask')}?{urlencode(back)}")
    user = cast(User, request.user)
    form = AppForm(request.POST or None)
    if form.is_valid() and _is_confirmed(request, user, form):
        return _to("factors:codes", request)
    app = enrolment.app_in_setup(request, user)
    issuer = str(admin.site.site_header)
    link = f"otpauth://totp/{quote(f'{issuer}:{user.get_username()}')}?" + urlencode(
        {"secret": app.secret, "issuer": issuer}, quote_via=quote
    )
    context = {
        "title": _("Add a second factor"),
        "form": form,
        "is_required": policy.is_required(user) and not policy.has_factor(user),
        "secret": " ".join(app.secret[start : start + 4] for start in range(0, len(app.secret), 4)),
        "picture": segno.make(link).svg_data_uri(scale=4, border=2, light="#fff"),
        "next": _next(request),
    }
    return _page(request, "admin/factors/add.html", context)


def _is_confirmed(request: HttpRequest, user: User, form: AppForm) -> bool:
    try:
        if enrolment.confirm_app(request, user, form.cleaned_data["code"], _("Authenticator app")):
            return True
        form.add_error("code", _("This code is wrong. Does the clock of the phone tell the right time?"))
    except TooManyCodesError as error:
        form.add_error("code", wait_text(error.seconds))
    return False


@asks_factor
@login_required
@PAGE
def codes(request: HttpRequest) -> HttpResponse:
    """The sheet of recovery codes: new ones are shown once, in the answer that makes them."""
    user = cast(User, request.user)
    if not session.is_confirmed(request):
        return _to("factors:ask", request)
    fresh = enrolment.new_recovery_codes(user) if request.method == "POST" else []
    context = {
        "title": _("Recovery codes"),
        "codes": fresh,
        "left": RecoveryCode.objects.filter(user=user, used_at=None).count(),
        "next": _next(request),
    }
    return _page(request, "admin/factors/codes.html", context)


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "title": _("Second factor"),
        "factors": [device for rows in policy.factors_of(user) for device in rows],
        "left": RecoveryCode.objects.filter(user=user, used_at=None).count(),
    }
    return _page(request, "admin/factors/overview.html", context)


@asks_factor
@login_required
@require_POST
def remove(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    user = cast(User, request.user)
    passkeys, apps = policy.factors_of(user)
    device = (passkeys if kind == "passkey" else apps).filter(pk=key).first()
    if device is None:
        raise Http404
    try:
        enrolment.remove(user, device)
    except FactorNeededError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The second factor was removed."))
        if not policy.has_factor(user):
            session.note_without(request)
    return HttpResponseRedirect(reverse("factors:overview"))


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    response = TemplateResponse(request, template, {**admin.site.each_context(request), **context})
    response["Cache-Control"] = "no-store"
    return response


def _to(name: str, request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': _next(request)})}")


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, on this site."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return str(settings.LOGIN_REDIRECT_URL)
