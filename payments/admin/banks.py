"""Banks with their accounts, and card types."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from config.kit.admin.asking import AskingInput, ask_again
from config.kit.admin.channel_admin import CHANNEL_FILTER, MODIFIED_FILTER, ContinueAfterAddMixin
from config.kit.admin.form import ServiceForm
from config.kit.admin.service_admin import ActivationAdmin
from payments import services
from payments.admin import iban
from payments.admin.bank_rates import ChangeRates
from payments.admin.base import ChannelOwnedAdmin, PaymentsInline
from payments.models import Bank, BankAccount, CardType


def logo_of(instance: Bank | CardType) -> SafeString | str:
    if not instance.logo:
        return ""
    return format_html('<img class="h-6 max-w-24 object-contain" src="{}" alt="">', instance.logo.url)


class IbanForm(ServiceForm):
    """An IBAN with wrong check digits is asked about once, and stored if it is sent again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "iban" in self.fields:
            longest = str(BankAccount._meta.get_field("iban").max_length)
            self.fields["iban"].widget = AskingInput({"class": "iban-input", "maxlength": longest})

    def clean_iban(self) -> str:
        """Upper case, in groups of four, as banks print it."""
        text = iban.grouped(self.cleaned_data["iban"])
        if "iban" in self.changed_data and not iban.is_valid_iban(text):
            again = _("If it is right, save again.")
            ask_again(self, "iban", text, f"{iban.warning(text)} {again}")
        return text


class AccountForm(IbanForm):
    """Marks a stored IBAN with wrong check digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.iban
        if "iban" in self.fields and stored and not iban.is_valid_iban(stored):
            self.fields["iban"].help_text = format_html("{} {}", iban.mark(stored), iban.warning(stored))


class AccountOfBankForm(IbanForm):
    def prepare(self) -> None:
        self.instance.channel = self.instance.bank.channel


class AccountInline(PaymentsInline):
    model = BankAccount
    service = services.bank_accounts
    form = AccountOfBankForm
    fields = ("holder_name", "slug", "iban", "iban_check", "sort_order", "is_active", "description")
    readonly_fields = ("iban_check",)
    can_delete = False
    per_page = 25

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "description":
            field.widget.attrs["rows"] = 1
        return field

    @display(description=_("Check digits"))
    def iban_check(self, instance: BankAccount) -> SafeString | str:
        return iban.mark(instance.iban) if instance.iban else ""


class IbanWarningMixin:
    """A message after saving accounts whose IBAN is probably mistyped."""

    def warn(self, request: HttpRequest, accounts: list[BankAccount]) -> None:
        for account in accounts:
            if not iban.is_valid_iban(account.iban):
                messages.warning(request, f"{account.iban}: {iban.warning(account.iban)}")


@admin.register(Bank)
class BankAdmin(IbanWarningMixin, ContinueAfterAddMixin, ChannelOwnedAdmin):
    empty_text = _("Add the banks of your customers' cards, or import a list of BINs, which adds them.")
    service = services.banks
    inlines = [AccountInline]
    list_display = ("name", "slug", "logo_image", "channel", "modified_date")
    list_filter = (CHANNEL_FILTER, MODIFIED_FILTER)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = [(None, {"fields": ["channel", "name", "slug", "logo"]})]
    actions_list = ["upload", "export_csv", "export_xlsx"]
    confirmed_actions = (ChangeRates,)

    @display(description=_("Logo"))
    def logo_image(self, instance: Bank) -> SafeString | str:
        return logo_of(instance)

    @action(description=_("Upload"), icon="upload", permissions=["add"], url_path="upload-file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("payments_admin:upload", args=["banks"]))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        self.warn(request, [*formset.new_objects, *(row for row, _fields in formset.changed_objects)])


@admin.register(BankAccount)
class BankAccountAdmin(IbanWarningMixin, ActivationAdmin, ChannelOwnedAdmin):
    """Accounts of all banks; they are switched off, not deleted."""

    empty_text = _("Add the accounts that customers may pay to by bank transfer.")
    service = services.bank_accounts
    form = AccountForm
    list_display = (
        "holder_name",
        "iban_marked",
        "bank",
        "is_active",
        "sort_order",
        "channel",
        "modified_date",
    )
    list_filter = (CHANNEL_FILTER, ("bank", AutocompleteSelectFilter), "is_active", MODIFIED_FILTER)
    list_select_related = ("channel", "bank")
    search_fields = ("holder_name", "iban", "slug")
    autocomplete_fields = ("bank",)
    fieldsets = [
        (None, {"fields": ["channel", "bank", "holder_name", "slug", "iban"]}),
        (None, {"fields": ["description", "sort_order", "is_active"]}),
    ]

    @display(description=_("IBAN"), ordering="iban")
    def iban_marked(self, instance: BankAccount) -> SafeString:
        return iban.iban_with_mark(instance.iban)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: BankAccount, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.warn(request, [obj])


@admin.register(CardType)
class CardTypeAdmin(ChannelOwnedAdmin):
    empty_text = _("Card types are families such as Bonus or World. An import of BINs adds them, too.")
    service = services.card_types
    list_display = ("name", "slug", "logo_image", "channel", "modified_date")
    list_filter = (CHANNEL_FILTER, MODIFIED_FILTER)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = [(None, {"fields": ["channel", "name", "slug", "logo"]})]

    @display(description=_("Logo"))
    def logo_image(self, instance: CardType) -> SafeString | str:
        return logo_of(instance)
