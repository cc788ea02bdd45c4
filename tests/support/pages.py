"""Addresses of admin pages, and their forms as a browser would send them back."""

import uuid
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def list_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def add_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def page_url(instance: Model, name: str = "change") -> str:
    meta = instance._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[instance.pk])


def found(client: Client, model: type[Model], **query: Any) -> list[Any]:
    """What the list shows."""
    return list(client.get(list_url(model), query).context["cl"].result_list)


def queries_of(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured]


def press(client: Client, instance: Model, action: str, **data: Any) -> Any:
    """Confirm an action on the page of `instance`; any other form's fields may be in `data`."""
    form = {"idempotency_key": uuid.uuid4().hex, "reason": "The customer called", **data}
    response = client.post(page_url(instance, action), form, follow=True)
    instance.refresh_from_db()
    return response


def form_data(response: HttpResponse) -> dict[str, Any]:
    """What a browser sends where nothing is changed: the form's values and those of its tables."""
    data = _values(response.context["adminform"].form)
    for admin_formset in response.context.get("inline_admin_formsets") or []:
        formset = admin_formset.formset
        data |= _values(formset.management_form)
        for form in formset.forms:
            data |= _values(form)
    return data


def _values(form: Any) -> dict[str, Any]:
    values = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False or isinstance(bound.field, forms.FileField):
            continue
        value = "on" if value is True else value
        values[bound.html_name] = value
    return values


def save(client: Client, url: str, **changes: Any) -> HttpResponse:
    """Open the form, change it and save; `None` takes a field away."""
    data = form_data(client.get(url)) | changes
    return client.post(url, {name: value for name, value in data.items() if value is not None})


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    if not response.context:
        return {}
    errors = dict(response.context["adminform"].form.errors)
    for admin_formset in response.context.get("inline_admin_formsets") or []:
        for form in admin_formset.formset.forms:
            errors |= {f"{form.prefix}-{name}": texts for name, texts in form.errors.items()}
    return errors
