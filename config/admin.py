"""Admin pages of users and roles."""

from copy import copy
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectMultipleWidget,
)

from billing.models import Tenant
from config.kit import second_person
from config.kit.admin.confirm import ConfirmedActionsMixin
from config.kit.admin.controlled import APPROVAL, REASON_NEEDED, reason_field
from config.kit.factors.admin import ResetFactors
from config.kit.factors.marks import asks_factor
from config.kit.identity import changes, team
from config.kit.identity.errors import GrantError
from config.kit.identity.models import Access, Contract
from config.kit.identity.permission_names import permission_name
from config.kit.identity.user_actions import Unlock
from config.kit.lib.errors import RuleError
from payments.models import Channel

admin.site.index_title = gettext_lazy("Dashboard")

# No page shows or makes the token of another person.
for model in (User, Group, AuthToken):
    admin.site.unregister(model)

team.register()


class RightsForm(forms.ModelForm):
    """Knows the rights before and after, and refuses those that the actor does not hold."""

    actor: Any
    kind: str
    change_reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"permissions", "user_permissions"} & set(self.fields):
            cast(Any, self.fields[name]).label_from_instance = permission_name

    def rights_before(self) -> team.Rights:
        raise NotImplementedError

    def rights_after(self) -> team.Rights:
        """A field that this page does not show stays as it is."""
        return {
            name: self._plain(self.cleaned_data[name]) if name in self.cleaned_data else value
            for name, value in self.before.items()
        }

    @staticmethod
    def _plain(value: Any) -> Any:
        if isinstance(value, bool):
            return value
        return sorted(getattr(item, "pk", item) for item in value)

    @property
    def waits(self) -> bool:
        return second_person.is_required() and team.is_more(self.before, self.after)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.before = self.rights_before()
        self.after = self.rights_after()
        try:
            team.check_grants(self.actor, self.before, self.after)
        except GrantError as error:
            raise ValidationError(error.message) from None
        if self.waits and not self.cleaned_data.get("change_reason"):
            self.add_error("change_reason", REASON_NEEDED)
        return cleaned

    def ask(self) -> None:
        """Raises RuleError where another person's change waits."""
        team.ask_for_rights(
            self.kind,
            self.instance,
            self.before,
            self.after,
            user_id=self.actor.pk,
            reason=self.cleaned_data["change_reason"],
        )


class RoleForm(RightsForm):
    kind = team.ROLE

    def rights_before(self) -> team.Rights:
        return team.rights_of_role(self.instance)


def _channels() -> list[tuple[int, str]]:
    return list(Channel.objects.order_by("name").values_list("pk", "name"))


def _tenants() -> list[tuple[int, str]]:
    return list(Tenant.objects.order_by("name").values_list("pk", "name"))


class PersonForm(RightsForm, UserChangeForm):
    kind = team.USER
    contracts = forms.MultipleChoiceField(
        label=Access._meta.get_field("contracts").verbose_name,
        help_text=Access._meta.get_field("contracts").help_text,
        choices=Contract.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    channels = forms.TypedMultipleChoiceField(
        label=Access._meta.get_field("channels").verbose_name,
        help_text=Access._meta.get_field("channels").help_text,
        choices=_channels,
        coerce=int,
        required=False,
        widget=UnfoldAdminSelectMultipleWidget,
    )
    tenants = forms.TypedMultipleChoiceField(
        label=Access._meta.get_field("tenants").verbose_name,
        help_text=Access._meta.get_field("tenants").help_text,
        choices=_tenants,
        coerce=int,
        required=False,
        widget=UnfoldAdminSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({name: team.rights_of_user(self.instance)[name] for name in team.LIMITS})

    def rights_before(self) -> team.Rights:
        return team.rights_of_user(User.objects.get(pk=self.instance.pk))


class PasswordForm(AdminPasswordChangeForm):
    """A password for another user waits: who knows it could approve in that user's name."""

    actor: Any

    def save(self, commit: bool = True) -> User:
        is_set = self.cleaned_data.get("set_usable_password", True)
        if not (second_person.is_required() and is_set) or self.actor.pk == self.user.pk:
            return super().save(commit)
        self.user.set_password(self.cleaned_data["password1"])
        team.ask_for_password(self.user, self.user.password, user_id=self.actor.pk)
        return User.objects.get(pk=self.user.pk)


class RightsAdmin(admin.ModelAdmin):
    """Rights that another person must approve are asked for; the rest of the form is saved."""

    asks_factor = True
    change_form_before_template = "admin/identity/waiting.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        asks = settings.SECOND_PERSON_FOR_CONFIGURATION and (obj is not None or self.model is Group)
        return [*fieldsets, APPROVAL] if asks else fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        number = int(object_id) if object_id and object_id.isdecimal() and len(object_id) < 10 else 0
        waiting = changes.find_waiting(self.model._meta.label_lower, number) if number else None
        context = {"waiting_change": waiting, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if not getattr(form, "waits", False):
            super().save_related(request, form, formsets, change)
            return
        try:
            form.ask()
        except RuleError as error:
            messages.error(request, error.message)
        else:
            messages.warning(request, _("The rights are not changed yet: another user must approve them."))


@admin.register(User)
class UserAdmin(ConfirmedActionsMixin, RightsAdmin, DjangoUserAdmin, ModelAdmin):
    confirmed_actions = (Unlock, ResetFactors)
    form = PersonForm
    add_form = UserCreationForm
    change_password_form = PasswordForm
    list_display = ("username", "email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    list_fullwidth = True
    filter_horizontal = ()
    autocomplete_fields = ("groups",)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only superusers grant single permissions and superuser status; others assign roles."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        fieldsets = [*fieldsets, (_("Limits of tokens"), {"fields": list(team.LIMITS)})]
        if request.user.is_superuser:
            return fieldsets
        hidden = {"is_superuser", "user_permissions"}
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in fieldsets
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not of users who may do more, their passwords included."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or team.holds_all_of(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or team.holds_all_of(request.user, obj))

    @asks_factor  # Django's URL of this page does not tell whose it is
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        page: Any = copy(self)
        page.change_password_form = type("PasswordForm", (PasswordForm,), {"actor": request.user})
        return super(UserAdmin, page).user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if getattr(form, "waits", False):
            for name in team.FLAGS:
                setattr(obj, name, form.before[name])
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and not form.waits:
            team.set_user_rights(form.instance, form.after)


@admin.register(Group)
class GroupAdmin(RightsAdmin, DjangoGroupAdmin, ModelAdmin):
    form = RoleForm
    list_fullwidth = True
