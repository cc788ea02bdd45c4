"""Key custody on the desk. Read only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.keys.custody import KeyState, count_values, state_of
from config.kit.keys.models import KnownKey

_STATES = {
    KeyState.ENCRYPTS: gettext_lazy("Encrypts and decrypts"),
    KeyState.DECRYPTS: gettext_lazy("Decrypts"),
    KeyState.REMOVED: gettext_lazy("Removed"),
}
_COLORS = {KeyState.ENCRYPTS: "success", KeyState.DECRYPTS: "info", KeyState.REMOVED: "warning"}


@admin.register(KnownKey)
class KnownKeyAdmin(ReadOnlyAdmin):
    list_display = ("id", "shown_state", "shown_master", "since", "removed_at", "shown_count")
    ordering = ("-since",)
    sortable_by = ()
    fields = ("id", "shown_state", "shown_master", "since", "removed_at", "shown_values")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Counts once for the whole list."""
        changes = super().get_changelist_instance(request)
        counts = count_values()
        changes.result_list = list(changes.result_list)
        for key in changes.result_list:
            key.count = sum(counts.get(key.id, {}).values())
        return changes

    @display(
        description=gettext_lazy("State"), label={_STATES[state]: color for state, color in _COLORS.items()}
    )
    def shown_state(self, key: KnownKey) -> Any:
        return _STATES[state_of(key)]

    @display(description=gettext_lazy("Wrapped by"))
    def shown_master(self, key: KnownKey) -> Any:
        return key.master or gettext_lazy("Not wrapped")

    @display(description=gettext_lazy("Encrypted values"))
    def shown_count(self, key: Any) -> int:
        return int(key.count)

    @display(description=gettext_lazy("Encrypted values"))
    def shown_values(self, key: KnownKey) -> str:
        values: dict[str, int] = count_values().get(key.id, {})
        return "\n".join(f"{name}: {count}" for name, count in sorted(values.items())) or "-"
