"""OAuth 2.0 clients of the APIs. A new secret is shown once, in the answer to the request that created it."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.postgres.forms import SimpleArrayField
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
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from billing.admin.base import BillingAction
from billing.models import ApiClient
from billing.services import api_client
from config.kit import second_person
from config.kit.admin.confirm import ConfirmForm
from config.kit.admin.controlled import ControlledAdmin, ControlledForm
from config.kit.admin.rotate_form import RotateForm
from config.kit.admin.show_once import show_once
from config.kit.identity.admin import AskForApproval
from payments.models import Channel

SCOPES = [
    ("read", _("read: list and retrieve")),
    ("pay", _("pay: create payments and allocate them")),
    ("record", _("record: record cash and checks")),
    ("refund", _("refund: create refunds")),
    ("hub", _("hub: subscribe to events")),
    ("methods", _("methods: add payment methods")),
    ("change_methods", _("change_methods: change and remove payment methods")),
]

LIMITS = ("owner", "channels", "allowed_addresses", "expires_at")
KNOWN = ("client_id", "user", "created", "former_secret_until", "last_used_at", "last_used_address")

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


def _channels() -> list[tuple[int, str]]:
    return list(Channel.objects.order_by("name").values_list("pk", "name"))


class ApiClientForm(ControlledForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=SCOPES, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    owner = forms.ModelChoiceField(
        label=ApiClient._meta.get_field("owner").verbose_name,
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("username"),
        required=False,
        help_text=ApiClient._meta.get_field("owner").help_text,
        widget=UnfoldAdminSelectWidget,
    )
    channels = forms.TypedMultipleChoiceField(
        label=ApiClient._meta.get_field("channels").verbose_name,
        choices=_channels,
        coerce=int,
        required=False,
        help_text=ApiClient._meta.get_field("channels").help_text,
        widget=UnfoldAdminSelectMultipleWidget,
    )
    allowed_addresses = SimpleArrayField(
        forms.CharField(max_length=43),
        label=ApiClient._meta.get_field("allowed_addresses").verbose_name,
        required=False,
        help_text=ApiClient._meta.get_field("allowed_addresses").help_text,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = ApiClient
        fields = ("name", "scopes", *LIMITS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" not in self.fields:  # readers see texts, not a form
            return
        self.fields["name"].required = True
        if self.instance.pk:
            self.initial["scopes"] = self.instance.scopes.split()

    def clean_scopes(self) -> str:
        return " ".join(self.cleaned_data["scopes"])


class RotateSecretForm(RotateForm, ConfirmForm):
    pass


class RotateSecret(BillingAction[ApiClient]):
    name = "rotate"
    label = _("Rotate secret")
    icon = "autorenew"
    permission = "billing.change_apiclient"
    form_class = RotateSecretForm

    def explanation(self) -> str:
        text = gettext(
            "A new secret is created and shown once. The old one stays valid for the time you choose."
        )
        if not second_person.is_required():
            return text
        later = gettext("The new one works once another user has approved it.")
        return f"{text} {later}"

    def perform(self, data: dict[str, Any]) -> HttpResponse:
        secret = api_client.rotate_secret(
            self.instance, user_id=self.request.user.pk, overlap=timedelta(hours=data["overlap"])
        )
        cast(Any, self.page).put_before_another(self.request, self.instance)
        return show_secret(self.page, self.request, self.instance, secret)


class EndFormerSecret(BillingAction[ApiClient]):
    name = "end_former_secret"
    label = _("End the former secret")
    icon = "block"
    permission = "billing.change_apiclient"

    @classmethod
    def is_possible(cls, instance: ApiClient, request: HttpRequest) -> bool:
        return bool(instance.valid_former_secret())

    def explanation(self) -> str:
        return gettext(
            "It stops working now, and all tokens end. The program asks for new ones with the new secret."
        )

    def perform(self, data: dict[str, Any]) -> str:
        api_client.end_former_secret(self.instance)
        self.page.log_change(self.request, self.instance, gettext("Former secret ended"))
        return gettext("The former secret no longer works.")


class AskForClient(AskForApproval):
    permission = "billing.change_apiclient"


@admin.register(ApiClient)
class ApiClientAdmin(ControlledAdmin):
    empty_text = _("Programs that call the TM Forum APIs log in as a client. Add one for each program.")
    service = api_client.clients
    form = ApiClientForm
    list_display = (
        "name", "owner", "scopes", "is_approved", "expires_at", "last_used_at", "last_used_address", "created",
    )  # fmt: skip
    list_select_related = ("owner",)
    search_fields = ("name", "client_id")
    sortable_by = ()
    ordering = ("name",)
    export_exclude = ("client_secret", "former_secret", "known_to")
    confirmed_actions = (RotateSecret, EndFormerSecret, AskForClient)

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> list[str]:
        return ["name", "scopes", *LIMITS, *(KNOWN if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> list[str]:
        return list(KNOWN) if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        """Payments reference it. Remove its scopes to disable it."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made, secret = api_client.create_client(
            name=obj.name,
            scopes=obj.scopes.split(),
            user_id=request.user.pk,
            **{name: getattr(obj, name) for name in LIMITS} | {"owner": obj.owner or request.user},
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
