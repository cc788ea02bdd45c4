"""What is agreed with banks: commission plans, the bank behind each POS, days on which banks pay."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from billing import services
from billing.admin.base import BillingAdmin
from billing.importing.commission_plans import COLUMNS, export_rows
from billing.models import AcquiringAgreement, BankDay, CommissionPlan, ExpectedPayout
from config.kit.admin.base_admin import ReadOnlyAdmin
from config.kit.admin.fields import CurrencyField
from config.kit.admin.filters import DayColumnRangeFilter
from config.kit.admin.money_column import money_column
from config.kit.lib.spreadsheet import escape_formula

POS_FILTER = ("pos", AutocompleteSelectFilter)


@admin.register(CommissionPlan)
class CommissionPlanAdmin(BillingAdmin):
    """Its CSV is what `import_commission_plans` reads."""

    empty_text = _("Add what each bank takes and when it pays: then each payment says what has to arrive.")
    service = services.commission_plans
    list_display = (
        "pos", "card_type", "card_payment_type", "is_commercial", "is_own_bank", "installments", "currency",
        "rate", "fixed_amount", "value_rule", "value_days", "valid_from", "valid_to",
    )  # fmt: skip
    list_filter = (
        POS_FILTER,
        ("card_payment_type", ChoicesDropdownFilter),
        "installments",
        "currency",
        ("valid_from", DayColumnRangeFilter),
    )
    list_select_related = ("pos__channel", "card_type__channel")
    search_fields = ("pos__name", "pos__slug", "card_type__name")
    autocomplete_fields = ("pos", "card_type")
    fieldsets = [
        (None, {"fields": ["pos", "currency", ("valid_from", "valid_to")]}),
        (
            _("Sales that it is for"),
            {
                "fields": [
                    ("card_type", "card_payment_type"),
                    ("is_commercial", "is_own_bank"),
                    "installments",
                ]
            },
        ),
        (
            _("Price and value date"),
            {"fields": [("rate", "fixed_amount"), ("value_rule", "value_days"), "borne_by"]},
        ),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            return db_field.formfield(form_class=CurrencyField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def export_fields(self) -> list[Any]:
        return [field for field in super().export_fields() if field.name in COLUMNS]

    def export_rows(self, rows: QuerySet[Any]) -> Iterator[list[Any]]:
        plans = rows.select_related("pos", "card_type").iterator()
        for row in export_rows(plans):
            yield [escape_formula(cell) if isinstance(cell, str) else cell for cell in row]


@admin.register(AcquiringAgreement)
class AcquiringAgreementAdmin(BillingAdmin):
    empty_text = _("An agreement says by which terminal number a bank's list names a POS.")
    service = services.acquiring_agreements
    list_display = ("pos", "bank", "terminal_number", "account", "modified_date")
    list_select_related = ("pos__channel", "bank__channel", "account")
    list_filter = (("bank", AutocompleteSelectFilter),)
    search_fields = ("terminal_number", "pos__name", "pos__slug", "bank__name")
    autocomplete_fields = ("pos", "bank", "account")
    fieldsets = [(None, {"fields": ["pos", "bank", "terminal_number", "account"]})]


@admin.register(BankDay)
class BankDayAdmin(BillingAdmin):
    service = services.bank_days
    list_display = ("day", "name", "is_working")
    list_filter = ("is_working", ("day", DayColumnRangeFilter))
    search_fields = ("name",)
    fieldsets = [(None, {"fields": ["day", "is_working", "name"]})]


@admin.register(ExpectedPayout)
class ExpectedPayoutAdmin(ReadOnlyAdmin):
    list_display = (
        "payment",
        "number",
        "pos",
        "sold_on",
        money_column("gross", _("Gross")),
        money_column("commission", _("Commission")),
        money_column("net", _("Net")),
        "value_date",
    )
    list_select_related = ("payment", "pos", "plan__pos")
    list_filter = (
        POS_FILTER,
        ("sold_on", DayColumnRangeFilter),
        ("value_date", DayColumnRangeFilter),
    )
    list_disable_select_all = True
    sortable_by = ()
    ordering = ("-pk",)
