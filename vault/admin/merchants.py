"""Merchants and their API keys."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.datasets import BaseDataset
from unfold.decorators import action, display

from config.kit.admin.badge import badge
from config.kit.admin.channel_admin import MODIFIED_FILTER, DatedAdmin
from config.kit.admin.related_rows import RelatedRows
from config.kit.admin.service_admin import ActivationAdmin
from vault import services
from vault.admin.keys import ShowsKey
from vault.models import ApiKey, Merchant

STATES = {
    "active": (gettext_lazy("Active"), Q(is_active=True)),
    "off": (gettext_lazy("Inactive"), Q(is_active=False, deleted_at__isnull=True)),
    "deleted": (gettext_lazy("Deleted"), Q(deleted_at__isnull=False)),
}
COLOURS = {"active": "success", "off": "warning", "deleted": "danger"}


class StateFilter(DropdownFilter):
    title = gettext_lazy("Status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = STATES.get(self.value() or "")
        return queryset.filter(state[1]) if state else queryset


class KeyRows(ShowsKey, RelatedRows):
    parent = "merchant_id"
    list_display = ("prefix", "shown_status", "shown_addresses", "last_used_at", "expires_at")
    sortable_by = ()
    ordering = ("-pk",)


class KeysOfMerchant(BaseDataset):
    model = ApiKey
    model_admin = KeyRows
    tab = True


@admin.register(Merchant)
class MerchantAdmin(ActivationAdmin, DatedAdmin):
    empty_text = gettext_lazy("Merchants of the card vault keep cards here. Add one, then issue its keys.")
    service = services.merchants
    list_display = ("name", "number", "state", "created_date", "modified_date")
    list_filter = (StateFilter, MODIFIED_FILTER)
    search_fields = ("name",)
    ordering = ("name",)
    actions_detail = ["new_keys"]

    def main_fieldsets(self, request: HttpRequest, obj: Merchant | None) -> Any:
        return [
            (None, {"fields": ["name", "is_active", *(["deleted_at"] if obj and obj.deleted_at else [])]})
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Merchant | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "deleted_at"]

    @display(description=gettext_lazy("Id"), ordering="pk")
    def number(self, merchant: Merchant) -> int:
        return merchant.pk

    @display(description=gettext_lazy("Status"))
    def state(self, merchant: Merchant) -> SafeString:
        name = "deleted" if merchant.deleted_at else "active" if merchant.is_active else "off"
        return badge(STATES[name][0], COLOURS[name])

    def has_change_permission(self, request: HttpRequest, obj: Merchant | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.deleted_at)

    def has_delete_permission(self, request: HttpRequest, obj: Merchant | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.deleted_at)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The consequences, in place of a list of deleted objects: the merchant's row stays."""
        names, counts, refused, blocked = super().get_deleted_objects(objs, request)
        names += [
            _("The API keys stop working immediately."),
            _("The stored cards are deleted overnight."),
            _("This can't be undone."),
        ]
        return names, counts, refused, blocked

    def get_changeform_datasets(self, request: HttpRequest) -> list[Any]:
        on_page = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return [KeysOfMerchant] if on_page and request.user.has_perm("vault.view_apikey") else []

    def has_new_keys_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        merchant = self.get_object(request, str(object_id)) if object_id else None
        return request.user.has_perm("vault.add_apikey") and not (merchant and merchant.deleted_at)

    @action(description=gettext_lazy("New keys"), icon="key", permissions=["new_keys"], url_path="new-keys")
    def new_keys(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:vault_apikey_add')}?merchant={int(object_id)}")

    def response_add(
        self, request: HttpRequest, obj: Merchant, post_url_continue: Any = None
    ) -> HttpResponse:
        """Offers to create keys next."""
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST or "_popup" in request.POST:
            return response
        if "_continue" in request.POST or not request.user.has_perm("vault.add_apikey"):
            return response
        return HttpResponseRedirect(f"{reverse('admin:vault_apikey_add')}?merchant={obj.pk}")
