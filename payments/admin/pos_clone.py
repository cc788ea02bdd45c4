"""A copy of a POS on another channel or under another slug, without its secrets."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.kit.lib.errors import RuleError, UniqueSetsError
from payments import services
from payments.admin.messages import rule_errors
from payments.models import POS, Channel
from payments.models.base import SlugField


class CloneForm(forms.Form):
    channel = forms.ModelChoiceField(
        queryset=Channel.objects.order_by("name"),
        label=gettext_lazy("Channel"),
        widget=UnfoldAdminSelectWidget(),
    )
    name = forms.CharField(max_length=64, label=gettext_lazy("Name"), widget=UnfoldAdminTextInputWidget())
    slug = forms.CharField(
        max_length=128,
        label=gettext_lazy("Slug"),
        validators=SlugField.default_validators,
        widget=UnfoldAdminTextInputWidget(),
    )


def clone_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    pos = model_admin.get_object(request, object_id)
    if pos is None:
        raise Http404
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    initial = {"channel": pos.channel_id, "name": pos.name, "slug": f"{pos.slug}-2"[:128]}
    form = CloneForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        clone = _clone(form, pos)
        if clone is not None:
            model_admin.log_addition(request, clone, [{"added": {}}])
            messages.success(request, _("POS cloned without its secrets. Enter them before you use it."))
            return HttpResponseRedirect(reverse("admin:payments_pos_change", args=[clone.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Clone POS %(name)s") % {"name": pos.name},
        "opts": model_admin.opts,
        "form": form,
        "object": pos,
        "explanation": _("Everything except the secrets is copied."),
        "submit_text": _("Clone"),
        "back": reverse("admin:payments_pos_change", args=[pos.pk]),
    }
    return TemplateResponse(request, "admin/simple_form.html", context)


def _clone(form: CloneForm, pos: POS) -> POS | None:
    try:
        return services.pos.clone(pos, **form.cleaned_data)
    except (RuleError, UniqueSetsError) as error:
        for field, text in rule_errors(error, POS):
            form.add_error(field if field in form.fields else None, text)
        return None
