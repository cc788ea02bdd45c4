"""What references an object, as links to the lists that show it."""

from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.kit.admin.form import ServiceLike


@dataclass(frozen=True)
class Reference:
    """`count` rows of one model that reference the object; `url` lists them, None where the admin has no list."""

    name: str
    count: int
    url: str | None

    def __str__(self) -> str:
        return _("%(count)s %(name)s") % {"count": self.count, "name": self.name}

    def as_link(self) -> SafeString | str:
        if self.url is None:
            return str(self)
        return format_html('<a class="text-link underline" href="{}">{}</a>', self.url, str(self))


def references_to(instance: models.Model, service: ServiceLike, site: AdminSite) -> list[Reference]:
    """One query for each model that references `instance`."""
    urls = _list_urls(instance, site)
    return [Reference(name, count, urls.get(name)) for name, count in service.usage(instance).items()]


def _list_urls(instance: models.Model, site: AdminSite) -> dict[str, str]:
    """The filtered lists by the plural names of their models.

    Where several foreign keys of one model point at `instance`, its list has one filter for all of them, named after
    the referenced model (`?pos=7`).
    """
    fields: dict[type[models.Model], list[str]] = {}
    for relation in instance._meta.related_objects:
        if relation.on_delete is models.PROTECT:
            fields.setdefault(relation.related_model, []).append(relation.field.name)
    urls = {}
    for model, names in fields.items():
        if not site.is_registered(model):
            continue
        query = f"{names[0]}__id__exact" if len(names) == 1 else str(instance._meta.model_name)
        path = reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_changelist")
        urls[str(model._meta.verbose_name_plural)] = f"{path}?{query}={instance.pk}"
    return urls
