"""Admin URLs of objects and lists."""

from django.db.models import Model
from django.urls import reverse


def admin_url(instance: Model) -> str:
    """The change page of `instance`."""
    return reverse(_name(type(instance), "change"), args=[instance.pk])


def list_url(model: type[Model]) -> str:
    return reverse(_name(model, "changelist"))


def _name(model: type[Model], page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
