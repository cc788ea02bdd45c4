"""Actions on one object that are confirmed on a separate page.

The page says what will happen and has a form for the action's data. A ConfirmForm carries an idempotency key, so that a
double click or a reload acts once. A broken rule becomes an error of the form.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Generic, TypeVar, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kit.admin.form import BROKEN_RULES, BrokenRule, FormError, form_errors
from config.kit.admin.reach import limit_choices
from config.kit.admin.urls import admin_url
from config.kit.boundary import card_number_message
from config.kit.lib.card_numbers import holds_bare_card_number, holds_card_number
from config.kit.refusal import takes_card_numbers

M = TypeVar("M", bound=Model)
Facts = Iterable[tuple[str | Promise, object]]


class ConfirmForm(forms.Form):
    """A form with a confirmation only."""

    use_required_attribute = False
    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ReasonForm(ConfirmForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Shown in the payment's timeline. Do not enter card numbers."),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )


class ConfirmedAction(Generic[M]):
    """One action. Subclasses declare the class variables and implement `perform`."""

    name: ClassVar[str]
    """Attribute of the admin class; with hyphens in place of underscores also the last part of the URL."""
    label: ClassVar[str | Promise]
    """Text of the button, and of the form's submit button unless `submit_text` is set."""
    submit_text: ClassVar[str | Promise] = ""
    icon: ClassVar[str]
    permission: ClassVar[str]
    """`app_label.codename`; 403 without it."""
    access_key: ClassVar[str] = ""
    """A letter that presses the button with Alt, for what is done all day. (A letter alone is nothing for people who
    speak to their computer: WCAG 2.1.4.)"""
    form_class: ClassVar[type[forms.Form]] = ConfirmForm
    """A plain form has no idempotency key: only for actions that may safely run twice."""
    asks_factor: ClassVar[bool] = True
    """Whether the second factor is asked for again. False for what moves no money and loosens no control."""
    takes_card_numbers: ClassVar[bool] = True
    """Whether the form says itself that a card number was typed. Otherwise the request is refused before."""

    def __init__(self, page: ModelAdmin, request: HttpRequest, instance: M) -> None:
        self.page = page
        self.request = request
        self.instance = instance

    # What subclasses define

    @classmethod
    def is_possible(cls, instance: M, request: HttpRequest) -> bool:
        """Whether the button is shown. `perform` checks again: the object may have changed meanwhile."""
        return True

    def title(self) -> str:
        return str(self.label)

    def explanation(self) -> str:
        """What will happen, shown above the form."""
        return ""

    def submit_label(self) -> str | Promise:
        return self.submit_text or self.label

    def facts(self) -> Facts:
        """What the action is about: labels and values, shown above the form."""
        return ()

    def form_arguments(self) -> dict[str, Any]:
        """Keyword arguments of `form_class`, for example `initial`."""
        return {}

    def perform(self, data: dict[str, Any]) -> str | HttpResponse:
        """Act on the form's cleaned data. Returns the message for the object's page, or a response of its own.

        Raises RuleError, UniqueSetsError or InvalidValueError where a rule refuses it; the form shows `form_errors`.
        """
        raise NotImplementedError

    def form_errors(self, error: BrokenRule) -> list[FormError]:
        return form_errors(error, type(self.instance))

    def claim(self, key: str) -> bool:
        """Whether this user submits `key` for the first time. Called for a ConfirmForm."""
        raise NotImplementedError

    @classmethod
    def is_allowed(cls, page: ModelAdmin, request: HttpRequest, object_id: Any) -> bool:
        return request.user.has_perm(cls.permission)

    # What the admin calls

    @classmethod
    def button(cls) -> Callable[..., HttpResponse]:
        """The method of the admin class that shows the page and performs the action."""

        def view(page: ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
            instance = page.get_object(request, object_id)
            if instance is None:
                raise Http404
            return cls(page, request, instance).respond()

        view.__name__ = cls.name
        if cls.takes_card_numbers:
            takes_card_numbers(view)
        cast(Any, view).asks_factor = cls.asks_factor
        decorated: Callable[..., HttpResponse] = action(
            description=cls.label,
            icon=cls.icon,
            url_path=cls.name.replace("_", "-"),
            permissions=[cls.name],
            attrs={"aria-keyshortcuts": f"Alt+{cls.access_key}"} if cls.access_key else None,
        )(view)
        return decorated

    @classmethod
    def permission_check(cls) -> Callable[..., bool]:
        """unfold asks `has_<name>_permission`. (Its checks look up a dotted permission in the database.)"""

        def has_permission(page: ModelAdmin, request: HttpRequest, object_id: Any = None) -> bool:
            return cls.is_allowed(page, request, object_id)

        return has_permission

    def respond(self) -> HttpResponse:
        arguments = self.form_arguments()
        key = uuid.uuid4().hex
        initial = {**arguments.pop("initial", {}), "idempotency_key": key}
        is_submitted = self.request.method == "POST"
        form = self.form_class(self.request.POST if is_submitted else None, initial=initial, **arguments)
        limit_choices(form, self.request.user)
        if is_submitted and form.is_valid() and self._is_without_card_numbers(form):
            response = self._submit(form)
            if response is not None:
                return response
            form.data = {**self.request.POST.dict(), "idempotency_key": key}
        return self._render(form)

    def _is_without_card_numbers(self, form: forms.Form) -> bool:
        texts = {name: value for name, value in form.cleaned_data.items() if isinstance(value, str)}
        for name, text in texts.items():
            holds = holds_bare_card_number if name == "idempotency_key" else holds_card_number
            if holds(text):
                form.add_error(name, card_number_message())
        return form.is_valid()

    def _submit(self, form: forms.Form) -> HttpResponse | None:
        """None where the form goes back to the operator with errors."""
        done = HttpResponseRedirect(admin_url(self.instance))
        if isinstance(form, ConfirmForm) and not self.claim(form.cleaned_data["idempotency_key"]):
            messages.warning(self.request, _("This form was already submitted. Nothing was done twice."))
            return done
        try:
            result = self.perform(form.cleaned_data)
        except BROKEN_RULES as error:
            for field, text in self.form_errors(error):
                form.add_error(field if field in form.fields else None, text)
            return None
        if isinstance(result, HttpResponse):
            return result
        messages.success(self.request, result)
        return done

    def _render(self, form: forms.Form) -> HttpResponse:
        for field in form.visible_fields()[:1]:
            field.field.widget.attrs["autofocus"] = True
        context = {
            **self.page.admin_site.each_context(self.request),
            "title": self.title(),
            "opts": self.page.opts,
            "form": form,
            "explanation": self.explanation(),
            "facts": [(label, value) for label, value in self.facts() if value],
            "submit_text": self.submit_label(),
            "back": admin_url(self.instance),
        }
        return TemplateResponse(self.request, "admin/simple_form.html", context)


class ConfirmedActionsMixin(UnfoldAdmin):
    """Puts the buttons of `confirmed_actions` on an object's page, those that are possible now."""

    confirmed_actions: ClassVar[tuple[type[ConfirmedAction[Any]], ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        declared = cls.__dict__.get("confirmed_actions", ())
        for item in declared:
            setattr(cls, item.name, item.button())
            setattr(cls, f"has_{item.name}_permission", item.permission_check())
        if declared:
            cls.actions_detail = [*cls.actions_detail, *(item.name for item in declared)]

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        allowed: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        if not self.confirmed_actions:
            return allowed
        instance = self.get_object(request, str(object_id))
        hidden = {
            self.get_unfold_action(item.name).action_name
            for item in self.confirmed_actions
            if instance is None or not item.is_possible(instance, request)
        }
        return [item for item in allowed if item.action_name not in hidden]
