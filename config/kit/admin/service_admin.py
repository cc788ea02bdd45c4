"""Base classes of admin pages that write through a service."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline

from config.kit.admin.autocomplete import KeyAutocomplete, label_with_channel
from config.kit.admin.base_admin import BaseAdmin
from config.kit.admin.decimal_field import DecimalFieldsMixin
from config.kit.admin.fields import JSONObjectField
from config.kit.admin.form import (
    BROKEN_RULES,
    BrokenRule,
    FormError,
    RuleTexts,
    ServiceForm,
    ServiceLike,
    form_errors,
)
from config.kit.admin.lost_updates import conflicts_of, seen_by, seen_rows
from config.kit.admin.references import references_to
from config.kit.identity.access import reach_of
from config.kit.lib.errors import RuleError

BULK_ROWS = 1_000
"""Most rows of one action, where each row is written by the service on its own."""


class ServiceFormsMixin(DecimalFieldsMixin):
    """Forms check the rules of `service`. For pages and for inlines."""

    service: ServiceLike
    rule_texts: ClassVar[RuleTexts] = {}
    """The app's texts of broken rules."""

    def form_errors(self, error: BrokenRule) -> list[FormError]:
        """The texts of a broken rule for operators, each with its field."""
        return form_errors(error, self.model, self.rule_texts)

    def bind(self, form: type[ServiceForm]) -> None:
        form.service, form.form_errors = self.service, self.form_errors

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.JSONField):
            return db_field.formfield(form_class=JSONObjectField, null=db_field.null, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeyAutocomplete(db_field, self.admin_site, using=kwargs.get("using")))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = label_with_channel
            field.queryset = reach_of(request.user).limit(field.queryset)
        return field


class ServiceInline(ServiceFormsMixin, TabularInline):
    """Rows on their parent's page, written by their own service."""

    form = ServiceForm
    extra = 0
    tab = True
    hide_title = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        self.bind(formset.form)
        return formset


class ServiceAdmin(ServiceFormsMixin, BaseAdmin):
    """Every write goes through `service`."""

    form = ServiceForm
    warn_unsaved_form = True
    change_form_template = "admin/service_form.html"
    delete_confirmation_template = "admin/delete_or_explain.html"
    delete_selected_confirmation_template = "admin/delete_selected_or_explain.html"
    bulk_rows: ClassVar[dict[str, int]] = {}
    """Action → most rows of it, where others than BULK_ROWS."""
    fixed_fields: ClassVar[tuple[str, ...]] = ()
    """Read-only once the object exists."""

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
        """Only while adding: other programs know the slug of a saved object."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A concurrent write may break a rule between check and save: the form is then checked once more."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except BROKEN_RULES:
            pass
        try:
            return super().changeform_view(request, *args, **kwargs)
        except BROKEN_RULES as error:
            return self._show_errors(request, error)

    def _show_errors(self, request: HttpRequest, error: BrokenRule) -> HttpResponse:
        messages.error(request, " ".join(text for _field, text in self.form_errors(error)))
        return HttpResponseRedirect(request.get_full_path())

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The versions that a later save is compared with."""
        form = context["adminform"].form
        formsets = [inline.formset for inline in context.get("inline_admin_formsets") or []]
        context["seen_version"] = seen_by(form, self._as_stored(obj))
        context["seen_rows"] = seen_rows(formsets)
        context["conflicts"] = conflicts_of(form, formsets)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _as_stored(self, obj: Any) -> Any:
        """Without what a form that was refused has set on it."""
        return self.model._default_manager.filter(pk=obj.pk).first() if obj is not None else None

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
        except RuleError as error:  # referenced since the page was loaded
            return self._show_errors(request, error)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Counts with links to what still references the objects, in place of Django's list of every row."""
        names: list[str] = []
        blocked: list[SafeString | str] = []
        refused = set()
        for instance in objs:
            if not self.has_delete_permission(request, instance):
                refused.add(str(self.opts.verbose_name))
            names.append(str(instance))
            blocked += [
                format_html(_("{} is used by {}"), instance, reference.as_link())
                for reference in references_to(instance, self.service, self.admin_site)
            ]
        return names, {str(self.opts.verbose_name_plural): len(names)}, refused, blocked

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        most = self.bulk_rows.get(request.POST.get("action", ""), BULK_ROWS)
        if request.POST.get("select_across", "0") != "0" and queryset.order_by()[: most + 1].count() > most:
            text = _("An action is limited to %(limit)s rows. Filter the list first.")
            messages.error(request, text % {"limit": f"{most:,}"})
            return HttpResponseRedirect(request.get_full_path())
        try:
            with transaction.atomic():
                return super().response_action(request, queryset)
        except BROKEN_RULES as error:
            return self._show_errors(request, error)


class ActivationAdmin(ServiceAdmin):
    """For models with `is_active`: actions that activate and deactivate the selected rows."""

    actions = ["switch_on", "switch_off"]

    @admin.action(description=gettext_lazy("Activate"), permissions=["change"])
    def switch_on(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        return self.switch_rows(request, queryset, to=True)

    @admin.action(description=gettext_lazy("Deactivate"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        return self.switch_rows(request, queryset, to=False)

    def switch_rows(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *, to: bool
    ) -> HttpResponse | None:
        """A page of its own, or None where it is done."""
        rows = list(queryset.filter(is_active=not to))
        for instance in rows:
            self.service.update(instance, is_active=to)
            self.log_change(request, instance, [{"changed": {"fields": [str(_("Is active"))]}}])
        text = _("Activated: %(count)s") if to else _("Deactivated: %(count)s")
        messages.success(request, text % {"count": len(rows)})
        return None
