"""A button that moves money or settles something: a page that says what will happen, asks why, and does it once."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from billing.services.form_idempotency import claim_once
from config.kit.admin.channel_admin import address_of
from config.kit.lib.errors import InvalidValueError, RuleError


class OnceForm(forms.Form):
    """Only the button; what it does needs no reason."""

    use_required_attribute = False
    once = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ReasonForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Kept with the payment. No card numbers."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )


def confirm(
    model_admin: Any,
    request: HttpRequest,
    *,
    obj: Any,
    form_class: type[OnceForm],
    act: Callable[[dict[str, Any]], str],
    title: str,
    submit_text: str,
    explanation: str = "",
    initial: dict[str, Any] | None = None,
    **form_arguments: Any,
) -> HttpResponse:
    """The form, and after it `act`, whose text is shown on the object's page.

    A broken rule comes back on the form. Sent twice (a double click, a reload), it acts once.
    """
    start = {**(initial or {}), "once": uuid.uuid4().hex}
    form = form_class(request.POST or None, initial=start, **form_arguments)
    back = address_of(obj)
    if request.method == "POST" and form.is_valid():
        if not claim_once(user_id=request.user.pk, key=form.cleaned_data["once"]):
            messages.warning(request, _("This form was sent before. Nothing was done twice."))
            return HttpResponseRedirect(back)
        try:
            messages.success(request, act(form.cleaned_data))
            return HttpResponseRedirect(back)
        except (RuleError, InvalidValueError) as error:
            form.add_error(getattr(error, "field", None), error.message)
            form.data = {**request.POST.dict(), "once": start["once"]}
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "form": form,
        "explanation": explanation,
        "submit_text": submit_text,
        "back": back,
    }
    return TemplateResponse(request, "admin/simple_form.html", context)
