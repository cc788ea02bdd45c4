"""Programs that ask for tokens. A secret is shown once, on the page after it was made."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import (
    get_access_token_model,
    get_device_grant_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)
from unfold.decorators import action
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from billing.models import ApiClient
from billing.services import api_client
from config.kit.admin.base_admin import ReadingAdmin
from config.kit.admin.confirm import OnceForm, confirm

SCOPES = [
    ("read", _("read: lists and single reads")),
    ("pay", _("pay: payments and their allocation")),
    ("refund", _("refund: refunds")),
    ("hub", _("hub: subscriptions to events")),
]

# The library's own pages would show grants that are not offered here.
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


class ApiClientForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=SCOPES, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ApiClient
        fields = ("name", "user", "scopes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        if self.instance.pk:
            self.initial["scopes"] = self.instance.scopes.split()

    def clean_scopes(self) -> str:
        return " ".join(self.cleaned_data["scopes"])


@admin.register(ApiClient)
class ApiClientAdmin(ReadingAdmin):
    form = ApiClientForm
    list_display = ("name", "client_id", "scopes", "user", "created")
    list_select_related = ("user",)
    search_fields = ("name", "client_id")
    sortable_by = ()
    ordering = ("name",)
    export_exclude = ("client_secret",)
    autocomplete_fields = ("user",)
    actions_detail = ["rotate"]

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> list[str]:
        return ["name", "user", "scopes", *(["client_id", "created"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> tuple[str, ...]:
        return ("client_id", "created") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        """Its payments name it; without scopes it can do nothing."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        """A change of scopes holds at once: the tokens of before are gone."""
        if change:
            super().save_model(request, obj, form, change)
            api_client.revoke_tokens(obj)
            return
        made, secret = api_client.create_client(
            name=obj.name,
            user=get_user_model()._default_manager.get(pk=obj.user_id),
            scopes=obj.scopes.split(),
        )
        obj.pk, obj.client_id = made.pk, made.client_id
        obj.refresh_from_db()
        messages.warning(request, secret_text(made, secret))

    @action(
        description=_("New secret"), icon="autorenew", url_path="rotate", permissions=["change_apiclient"]
    )
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        client: ApiClient | None = self.get_object(request, object_id)
        if client is None:
            raise Http404
        return confirm(
            self,
            request,
            obj=client,
            form_class=OnceForm,
            act=lambda data: secret_text(client, api_client.rotate_secret(client)),
            title=gettext("New secret"),
            submit_text=gettext("Make a new secret"),
            explanation=gettext(
                "The old secret, and every token that it got, is worth nothing from then on."
            ),
        )

    def has_change_apiclient_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("billing.change_apiclient")


def secret_text(client: ApiClient, secret: str) -> str:
    text = gettext("Client %(client)s, secret (shown once): %(secret)s")
    return text % {"client": client.client_id, "secret": secret}
