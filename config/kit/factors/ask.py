"""The page that asks for the factor. Of a form that was sent too late it keeps the contents, and sends them on."""

from typing import cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from config.kit.attempts.log_in import wait_text
from config.kit.factors import session
from config.kit.factors.codes import TooManyCodesError, find_device
from config.kit.factors.policy import factors_of
from config.kit.identity import failures

CODE = "factor_code"
DROPPED = frozenset({CODE, "csrfmiddlewaretoken"})


class CodeForm(forms.Form):
    """The field has a name of its own, so that it can be sent beside the fields of any form."""

    use_required_attribute = False
    factor_code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=64,
        help_text=gettext_lazy("Six digits of your authenticator app, or one of your recovery codes."),
        error_messages={"required": gettext_lazy("Type in a code.")},
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST if CODE in request.POST else None)
        self.request = request

    def clean_factor_code(self) -> str:
        code = str(self.cleaned_data[CODE])
        try:
            device = find_device(cast(User, self.request.user), code)
        except TooManyCodesError as error:
            raise forms.ValidationError(wait_text(error.seconds), code="locked") from None
        if device is None:
            failures.record(cast(User, self.request.user), self.request)
            raise forms.ValidationError(_("This code is wrong, or was used already."), code="wrong")
        session.confirm(self.request, device)
        return code


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """None if the right code came with the form, which then goes its way."""
    form = CodeForm(request)
    if form.is_valid():
        return None
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name not in DROPPED]
    text = _("What you entered is kept, and is saved afterwards.")
    if request.FILES:
        text = _("What you entered is kept. Only the file has to be chosen again afterwards.")
    return ask_page(request, form, text=text, kept=kept)


def ask_page(
    request: HttpRequest, form: CodeForm, *, text: str = "", kept: list[tuple[str, str]] | None = None
) -> HttpResponse:
    passkeys, apps = factors_of(request.user)
    context = {
        **admin.site.each_context(request),
        "title": _("Confirm that it is you"),
        "form": form,
        "text": text,
        "kept": kept or [],
        "has_passkeys": passkeys.exists(),
        "has_apps": apps.exists(),
    }
    response = TemplateResponse(request, "admin/factors/ask.html", context)
    response["Cache-Control"] = "no-store"
    return response
