"""API keys of merchants: created, rotated, revoked. Keys are shown once, when they are created."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from config.kit.admin.badge import badge
from config.kit.admin.channel_admin import DatedAdmin
from config.kit.admin.confirm import ConfirmedAction
from config.kit.admin.controlled import ControlledAdmin
from config.kit.admin.rotate_form import RotateForm
from config.kit.admin.show_once import show_once
from config.kit.identity.admin import AskForApproval
from vault import services
from vault.models import ApiKey, KeyStatus
from vault.services.keys import IssuedKey

STATUS_COLOURS = {
    KeyStatus.ACTIVE: "success",
    KeyStatus.EXPIRED: "warning",
    KeyStatus.REVOKED: "danger",
    KeyStatus.WAITING: "warning",
}
SOON = timedelta(days=14)


class ShowsKey:
    """Columns of API keys."""

    @display(description=gettext_lazy("Status"))
    def shown_status(self, key: ApiKey) -> SafeString:
        return badge(key.status.label, STATUS_COLOURS[key.status])

    @display(description=gettext_lazy("Allowed addresses"))
    def shown_addresses(self, key: ApiKey) -> str:
        return ", ".join(key.allowed_addresses) or _("Any address")


def ends_soon() -> Q:
    """Usable keys that expire within 14 days."""
    now = timezone.now()
    return Q(
        revoked_at__isnull=True, expires_at__gt=now, expires_at__lte=now + SOON, merchant__is_active=True
    )


class StatusFilter(DropdownFilter):
    title = gettext_lazy("Status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*KeyStatus.choices, ("soon", _("Expires within 14 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ended = Q(expires_at__lte=timezone.now())
        conditions = {
            "revoked": Q(revoked_at__isnull=False),
            "expired": Q(revoked_at__isnull=True) & ended,
            "waiting": Q(revoked_at__isnull=True, is_approved=False),
            "active": Q(is_approved=True, revoked_at__isnull=True) & (Q(expires_at__isnull=True) | ~ended),
            "soon": ends_soon(),
        }
        chosen = conditions.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


class RevokeKey(ConfirmedAction[ApiKey]):
    name = "revoke"
    label = gettext_lazy("Revoke")
    icon = "block"
    form_class = forms.Form

    @classmethod
    def is_allowed(cls, page: Any, request: HttpRequest, object_id: Any) -> bool:
        return bool(page.has_end_permission(request, object_id))

    def explanation(self) -> str:
        return _(
            "Requests from %(merchant)s with the keys %(prefix)s… will be rejected. This can't be undone."
        ) % {"merchant": self.instance.merchant, "prefix": self.instance.prefix}

    def perform(self, data: dict[str, Any]) -> str:
        services.keys.revoke(self.instance)
        self.page.log_change(self.request, self.instance, _("Revoked"))
        return _("The keys %(prefix)s… were revoked.") % {"prefix": self.instance.prefix}


class RotateKey(ConfirmedAction[ApiKey]):
    name = "rotate"
    label = gettext_lazy("Rotate")
    submit_text = gettext_lazy("Create new keys")
    icon = "autorenew"
    form_class = RotateForm

    @classmethod
    def is_allowed(cls, page: Any, request: HttpRequest, object_id: Any) -> bool:
        return bool(page.has_end_permission(request, object_id) and page.has_add_permission(request))

    def explanation(self) -> str:
        return _(
            "A new pair of keys is created for %(merchant)s and shown once. The keys %(prefix)s… stay valid for the "
            "time you choose."
        ) % {"merchant": self.instance.merchant, "prefix": self.instance.prefix}

    def perform(self, data: dict[str, Any]) -> HttpResponse:
        with transaction.atomic():
            issued = services.keys.rotate(self.instance, overlap=timedelta(hours=data["overlap"]))
            self.page.log_addition(self.request, issued.key, [{"added": {}}])
            cast(Any, self.page).put_before_another(self.request, issued.key)
        return show_keys(self.page, self.request, issued)


class AskForKey(AskForApproval):
    permission = "vault.change_apikey"


@admin.register(ApiKey)
class ApiKeyAdmin(ShowsKey, ControlledAdmin, DatedAdmin):
    service = services.keys
    list_display = (
        "prefix", "merchant", "shown_status", "created_date", "last_used_at", "last_used_address", "expires_at",
    )  # fmt: skip
    list_filter = (StatusFilter, ("merchant", AutocompleteSelectFilter))
    list_select_related = ("merchant",)
    search_fields = ("prefix__startswith", "merchant__name")
    autocomplete_fields = ("merchant",)
    ordering = ("-pk",)
    actions = None
    confirmed_actions = (RotateKey, RevokeKey, AskForKey)
    fixed_fields = ("merchant",)
    export_exclude = ("sealed", "private_hash", "client_hash")

    def main_fieldsets(self, request: HttpRequest, obj: ApiKey | None) -> Any:
        limits = ["allowed_addresses", "expires_at"]
        if obj is None:
            return [(None, {"fields": ["merchant", *limits]})]
        known = ["merchant", "prefix", "shown_status", "revoked_at", "last_used_at", "last_used_address"]
        return [(None, {"fields": known}), (_("Limits"), {"fields": limits})]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        known = ["prefix", "shown_status", "revoked_at", "last_used_at", "last_used_address"]
        return [*super().get_readonly_fields(request, obj), *known]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "allowed_addresses":
            widget = UnfoldAdminTextInputWidget()
            return db_field.formfield(form_class=SimpleArrayField, widget=widget, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "merchant":
            field.queryset = field.queryset.filter(deleted_at__isnull=True)
        return field

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Keys are revoked, not deleted: the access log refers to them."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            cast(Any, request).issued = services.keys.fill(obj)
            self.put_before_another(request, obj)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: Any = None) -> HttpResponse:
        issued: IssuedKey = cast(Any, request).issued
        return show_keys(self, request, issued)

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        key = self.get_object(request, str(object_id)) if object_id else None
        return self.has_change_permission(request, key) and (key is None or key.revoked_at is None)


def show_keys(page: Any, request: HttpRequest, issued: IssuedKey) -> HttpResponse:
    return show_once(
        page,
        request,
        issued.key,
        title=_("New keys for %(merchant)s") % {"merchant": issued.key.merchant},
        text=_(
            "These keys are shown only once. Copy both now and share them over a secure channel: anyone who has them "
            "can act as the merchant."
        ),
        secrets={"apikeyprivate": issued.private, "apiclientprivate": issued.client},
    )
