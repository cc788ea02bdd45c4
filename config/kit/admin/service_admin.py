"""The base of the pages that write: every write goes through a service."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline

from config.kit.admin.autocomplete import label_of
from config.kit.admin.base_admin import ReadingAdmin
from config.kit.admin.fields import JSONObjectField
from config.kit.admin.form import BROKEN_RULES, BrokenRule, FormError, ServiceForm, ServiceLike, explain
from config.kit.admin.references import uses_of
from config.kit.lib.errors import RuleError

BULK_ROWS = 1_000
"""An action on more rows than this is refused: each row asks its service."""


class ServedMixin:
    """Forms of one model ask its service. For pages and for the tables inside them."""

    service: ServiceLike
    model: type[models.Model]

    def explain(self, error: BrokenRule) -> list[FormError]:
        return explain(error, self.model)

    def bind(self, form: type[forms.ModelForm]) -> None:
        form.service, form.explain = self.service, self.explain  # type: ignore[attr-defined]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.JSONField):
            return db_field.formfield(form_class=JSONObjectField, null=db_field.null, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.label_from_instance = label_of
        return field


class ServiceInline(ServedMixin, TabularInline):
    """Rows inside their parent's page, each written by its own service."""

    form = ServiceForm
    extra = 0
    tab = True
    hide_title = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        self.bind(formset.form)
        return formset


class ServiceAdmin(ServedMixin, ReadingAdmin):
    """An admin page whose every write goes through `service`."""

    form = ServiceForm
    warn_unsaved_form = True
    delete_confirmation_template = "admin/delete_or_explain.html"
    delete_selected_confirmation_template = "admin/delete_selected_or_explain.html"
    fixed_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that can't change once the object exists."""

    class Media:
        js = ("admin/autocomplete_channel.js",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        self.bind(form)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, *self.fixed_fields] if obj else fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Slugs are made from names once; a saved one is known to other programs."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody may be faster between check and save: the form is then checked again and tells."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except BROKEN_RULES:
            pass
        try:
            return super().changeform_view(request, *args, **kwargs)
        except BROKEN_RULES as error:
            messages.error(request, " ".join(text for _field, text in self.explain(error)))
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.service.save(obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        service: ServiceLike = formset.form.service
        formset.save(commit=False)
        for instance in formset.deleted_objects:
            service.delete(instance)
        for instance in [*(row for row, _fields in formset.changed_objects), *formset.new_objects]:
            service.save(instance)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.service.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for instance in queryset:
                self.service.delete(instance)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except RuleError as error:  # put to use after the page was asked for
            messages.error(request, " ".join(text for _field, text in self.explain(error)))
            return HttpResponseRedirect(request.path)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would go, or what is in the way: counts with links in place of Django's list of every row."""
        names: list[str] = []
        blocked: list[SafeString | str] = []
        refused = set()
        for instance in objs:
            if not self.has_delete_permission(request, instance):
                refused.add(str(self.opts.verbose_name))
            names.append(str(instance))
            blocked += [
                format_html(_("{} is used by {}"), instance, use.as_link())
                for use in uses_of(instance, self.service, self.admin_site)
            ]
        return names, {str(self.opts.verbose_name_plural): len(names)}, refused, blocked

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        if (
            request.POST.get("select_across", "0") != "0"
            and queryset.order_by()[: BULK_ROWS + 1].count() > BULK_ROWS
        ):
            text = _("An action takes up to %(limit)s rows. Filter the list first.")
            messages.error(request, text % {"limit": f"{BULK_ROWS:,}"})
            return HttpResponseRedirect(request.get_full_path())
        try:
            with transaction.atomic():
                return super().response_action(request, queryset)
        except BROKEN_RULES as error:
            messages.error(request, " ".join(text for _field, text in self.explain(error)))
            return HttpResponseRedirect(request.get_full_path())


class SwitchAdmin(ServiceAdmin):
    """Objects that are switched on and off, one by one or many at a time."""

    actions = ["switch_on", "switch_off"]

    @admin.action(description=gettext_lazy("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        self._switch(request, queryset, to=True)

    @admin.action(description=gettext_lazy("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        self._switch(request, queryset, to=False)

    def _switch(self, request: HttpRequest, queryset: models.QuerySet[Any], *, to: bool) -> None:
        rows = list(queryset.filter(is_active=not to))
        for instance in rows:
            self.service.update(instance, is_active=to)
            self.log_change(request, instance, [{"changed": {"fields": [str(_("Is active"))]}}])
        text = _("Switched on: %(count)s") if to else _("Switched off: %(count)s")
        messages.success(request, text % {"count": len(rows)})
