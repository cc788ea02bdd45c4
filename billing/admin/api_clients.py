"""OAuth 2.0 clients of the APIs. A new secret is shown once, in the answer to the request that created it."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import (
    get_access_token_model,
    get_device_grant_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from billing.admin.base import BillingAction
from billing.models import ApiClient
from billing.services import api_client
from config.kit import second_person
from config.kit.admin.controlled import ControlledAdmin, ControlledForm
from config.kit.admin.show_once import show_once
from config.kit.identity.admin import AskForApproval

SCOPES = [
    ("read", _("read: list and retrieve")),
    ("pay", _("pay: create payments and allocate them")),
    ("record", _("record: record cash and checks")),
    ("refund", _("refund: create refunds")),
    ("hub", _("hub: subscribe to events")),
    ("methods", _("methods: add payment methods")),
    ("change_methods", _("change_methods: change and remove payment methods")),
]

# django-oauth-toolkit registers pages for grants that are not offered here.
for model in (
    get_access_token_model(),
    get_device_grant_model(),
    get_grant_model(),
    get_id_token_model(),
    get_refresh_token_model(),
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
if admin.site.is_registered(ApiClient):
    admin.site.unregister(ApiClient)


class ApiClientForm(ControlledForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=SCOPES, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ApiClient
        fields = ("name", "scopes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" not in self.fields:  # readers see texts, not a form
            return
        self.fields["name"].required = True
        if self.instance.pk:
            self.initial["scopes"] = self.instance.scopes.split()

    def clean_scopes(self) -> str:
        return " ".join(self.cleaned_data["scopes"])


class RotateSecret(BillingAction[ApiClient]):
    name = "rotate"
    label = _("Rotate secret")
    icon = "autorenew"
    permission = "billing.change_apiclient"

    def explanation(self) -> str:
        text = gettext("The old secret and all tokens issued with it stop working immediately.")
        if not second_person.is_required():
            return text
        later = gettext("The new one works once another user has approved it.")
        return f"{text} {later}"

    def perform(self, data: dict[str, Any]) -> HttpResponse:
        secret = api_client.rotate_secret(self.instance, user_id=self.request.user.pk)
        cast(Any, self.page).put_before_another(self.request, self.instance)
        return show_secret(self.page, self.request, self.instance, secret)


class AskForClient(AskForApproval):
    permission = "billing.change_apiclient"


@admin.register(ApiClient)
class ApiClientAdmin(ControlledAdmin):
    service = api_client.clients
    form = ApiClientForm
    list_display = ("name", "client_id", "scopes", "user", "is_approved", "created")
    list_select_related = ("user",)
    search_fields = ("name", "client_id")
    sortable_by = ()
    ordering = ("name",)
    export_exclude = ("client_secret", "known_to")
    confirmed_actions = (RotateSecret, AskForClient)

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> list[str]:
        return ["name", "scopes", *(["client_id", "user", "created"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> list[str]:
        return ["client_id", "user", "created"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        """Payments reference it. Remove its scopes to disable it."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made, secret = api_client.create_client(
            name=obj.name, scopes=obj.scopes.split(), user_id=request.user.pk
        )
        obj.pk, obj.client_id = made.pk, made.client_id
        obj.refresh_from_db()
        cast(Any, request).secret = secret
        self.put_before_another(request, obj)

    def response_add(
        self, request: HttpRequest, obj: ApiClient, post_url_continue: Any = None
    ) -> HttpResponse:
        return show_secret(self, request, obj, cast(Any, request).secret)


def show_secret(page: Any, request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
    return show_once(
        page,
        request,
        client,
        title=gettext("Secret of client %(client)s") % {"client": client.name},
        text=gettext(
            "The secret is shown only once. Copy it now and share it over a secure channel: anyone who has it can act "
            "as the client."
        ),
        secrets={"client_id": client.client_id, "client_secret": secret},
    )
