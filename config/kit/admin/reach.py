"""The desk within the user's channels: what a form offers to choose from."""

from typing import Any

from django import forms

from config.kit.identity.access import reach_of


def limit_choices(form: forms.Form, user: Any) -> None:
    """Objects of other channels than the user's are no choices of the form."""
    reach = reach_of(user)
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            field.queryset = reach.limit(field.queryset)
