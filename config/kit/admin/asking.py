"""An unusual value is asked about once: sent again, it is accepted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget


class AskingInput(UnfoldAdminTextInputWidget):
    """A text input that can carry the value that the operator was asked to confirm."""

    template_name = "admin/asking_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.asked_about = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["asked_about"] = self.asked_about
        return context


def ask_again(form: forms.BaseForm, name: str, value: str, text: str) -> None:
    """Refuse `value` of the field once, with `text`. Nothing happens if the same value is sent again."""
    widget = form.fields[name].widget
    if isinstance(widget, AskingInput) and form.data.get(f"{form.add_prefix(name)}-asked-about") != value:
        widget.asked_about = value
        form.add_error(name, ValidationError(text, code="unusual"))
