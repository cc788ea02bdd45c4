"""Changes of many rows at once: chosen on one page, shown with what they do on the next, and made by its button.

Page and button are bound to each other: what is made is what was shown, or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.admin.confirm import ConfirmedAction, Facts
from config.kit.admin.form import BROKEN_RULES, BrokenRule
from config.kit.admin.reach import limit_choices
from config.kit.admin.urls import admin_url
from config.kit.lib.errors import PreviewOutdatedError

M = TypeVar("M", bound=Model)
OUTDATED = gettext_lazy("Something has changed since you opened this page. Review it again.")
TICK = gettext_lazy("Tick the box if it is right.")
SHOWN_ROWS = 100
"""Of a table: the others are counted below it."""


@dataclass(frozen=True)
class PreviewTable:
    title: str
    headings: Sequence[str | Promise]
    rows: Sequence[Sequence[object]]
    total: int = 0

    @property
    def shown(self) -> Sequence[Sequence[object]]:
        return self.rows[:SHOWN_ROWS]

    @property
    def hidden(self) -> int:
        return max(self.total, len(self.rows)) - len(self.shown)


@dataclass(frozen=True)
class Preview:
    """`seen` is the fingerprint of what is shown; `is_possible` shows the button. `ask`: what is unusual, beside a box
    that has to be ticked.
    """

    seen: str
    facts: Facts = ()
    warnings: Sequence[str] = ()
    tables: Sequence[PreviewTable] = field(default_factory=list)
    is_possible: bool = True
    ask: str = ""
    reason_label: str = ""
    """Asks for a reason, which comes with the button as `reason`."""


class PreviewedAction(ConfirmedAction[M]):
    """`choice_class` is a form without effects, sent by GET; `preview` says what its choice would do, `act` does it."""

    choice_class: ClassVar[type[forms.Form]]
    takes_card_numbers = False

    def choice_arguments(self) -> dict[str, Any]:
        return {}

    def preview(self, choice: dict[str, Any]) -> Preview:
        raise NotImplementedError

    def act(self, choice: dict[str, Any], seen: str) -> str | HttpResponse:
        """Returns the message for the object's page, or a response of its own. Raises PreviewOutdatedError and what
        `ConfirmedAction.perform` raises.
        """
        raise NotImplementedError

    def respond(self) -> HttpResponse:
        is_chosen = not self.request.GET.keys().isdisjoint(self.choice_class.base_fields)
        arguments = self.choice_arguments()
        chosen = self.choice_class(self.request.GET if is_chosen else None, **arguments)
        limit_choices(chosen, self.request.user)
        if not chosen.is_valid():
            return self._render_choice(chosen)
        errors: list[str] = []
        preview = self.preview(chosen.cleaned_data)
        if self.request.method == "POST" and preview.ask and "sure" not in self.request.POST:
            errors = [str(TICK)]
        elif self.request.method == "POST":
            try:
                result = self.act(chosen.cleaned_data, self.request.POST.get("seen", ""))
            except BROKEN_RULES as error:
                errors = self._texts(error)
            else:
                return self._done(result)
            preview = self.preview(chosen.cleaned_data)
        return preview_page(
            self.request,
            self._context(),
            preview,
            submit_text=self.submit_label(),
            errors=errors,
        )

    def _texts(self, error: BrokenRule) -> list[str]:
        if isinstance(error, PreviewOutdatedError):
            return [str(OUTDATED)]
        return [text for _field, text in self.form_errors(error)]

    def _done(self, result: str | HttpResponse) -> HttpResponse:
        if isinstance(result, HttpResponse):
            return result
        messages.success(self.request, result)
        return HttpResponseRedirect(admin_url(self.instance))

    def _context(self) -> dict[str, Any]:
        return {
            **self.page.admin_site.each_context(self.request),
            "title": self.title(),
            "explanation": self.explanation(),
            "opts": self.page.opts,
            "back": admin_url(self.instance),
        }

    def _render_choice(self, form: forms.Form) -> HttpResponse:
        context = {
            **self._context(),
            "facts": [(label, value) for label, value in self.facts() if value],
            "form": form,
            "method": "get",
            "submit_text": _("Show what it changes"),
        }
        return TemplateResponse(self.request, "admin/simple_form.html", context)


def preview_page(
    request: HttpRequest,
    context: Mapping[str, Any],
    preview: Preview,
    *,
    submit_text: str | Promise,
    errors: Sequence[str] = (),
    hidden: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """`hidden` are fields that come back with the button, beside `seen`."""
    shown = {
        "preview": preview,
        "facts": [(label, value) for label, value in preview.facts if value not in ("", None)],
        "submit_text": submit_text,
        "errors": errors,
        "hidden": hidden,
        "reason": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/preview.html", {**context, **shown})
