"""Sessions and keys: everybody sees and ends his own; with the permission those of all users."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from config.kit.admin.badge import badge
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.identity import logins
from config.kit.identity.models import Login

ALL = "identity.view_login"


@admin.register(Login)
class LoginAdmin(ReadOnlyAdmin):
    list_display = (
        "shown_kind",
        "user",
        "contract",
        "created_at",
        "last_used_at",
        "last_used_address",
        "expires_at",
        "shown_state",
    )
    list_display_links = None
    list_select_related = ("user",)
    list_filter = ("kind",)
    sortable_by = ()
    ordering = ("-pk",)
    search_fields = ("user__username",)
    actions = ["end_selected", "end_everything"]
    export_exclude = ("handle",)
    fields = ("shown_kind", "user", "contract", "created_at", "last_used_at", "expires_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Login]:
        rows: QuerySet[Login] = super().get_queryset(request)
        return rows if request.user.has_perm(ALL) else rows.filter(user=request.user.pk)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    @admin.action(description=gettext_lazy("End"))
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Login]) -> None:
        handles = list(self._may_end(request, queryset).values_list("handle", flat=True))
        for handle in handles:
            logins.end(handle)
        messages.success(request, _("Ended: %(count)s") % {"count": len(handles)})

    @admin.action(description=gettext_lazy("End everything of the selected users"))
    def end_everything(self, request: HttpRequest, queryset: QuerySet[Login]) -> None:
        """Also tokens that are not listed. The own browser session stays."""
        users = set(self._may_end(request, queryset).values_list("user", flat=True))
        for user_id in users:
            logins.end_all(user_id, but=request.session.session_key or "")
        messages.success(
            request, _("Users without sessions, tokens and keys: %(count)s") % {"count": len(users)}
        )

    def _may_end(self, request: HttpRequest, rows: QuerySet[Login]) -> QuerySet[Login]:
        """Own ones; those of others with the permission to change users."""
        return rows if request.user.has_perm("auth.change_user") else rows.filter(user=request.user.pk)

    @display(description=gettext_lazy("Kind"))
    def shown_kind(self, login: Login) -> str:
        return login.get_kind_display()

    @display(description=gettext_lazy("State"))
    def shown_state(self, login: Login) -> SafeString:
        ended = login.ended_at is not None
        return badge(_("Ended") if ended else _("Active"), None if ended else "success")
