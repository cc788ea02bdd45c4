"""Billing's groups of the sidebar."""

from functools import partial

from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.admin.cost import PERMISSIONS as COST_PERMISSIONS
from billing.admin.days import PERMISSIONS as DAY_PERMISSIONS
from config.kit.admin.menu import Group, list_entry, page_entry

_list = partial(list_entry, app="billing")


def payments(request: HttpRequest) -> Group:
    return _("Payments"), [
        _list(request, _("Payments"), "receipt", "payment"),
        _list(request, _("Refunds"), "undo", "refund"),
        _list(request, _("Manual settlements"), "gavel", "settlement"),
        _list(request, _("Cases"), "support", "case"),
        _list(request, _("Inbox"), "inbox", "callback"),
        _list(request, _("Exchange rates"), "currency_exchange", "exchangerate"),
        _list(request, _("Circuit breakers"), "power_off", "circuitbreaker"),
    ]


def statements(request: HttpRequest) -> Group:
    return _("Bank statements"), [
        page_entry(request, _("Days"), "calendar_month", "billing_admin:days", DAY_PERMISSIONS),
        _list(request, _("Differences"), "difference", "difference"),
        _list(request, _("Statements"), "list_alt", "statement"),
        _list(request, _("Statement lines"), "table_rows", "statementline"),
        _list(request, _("Matches"), "link", "statementmatch"),
        page_entry(request, _("Payouts of banks"), "payments", "billing_admin:payouts", DAY_PERMISSIONS),
        _list(request, _("Account statements"), "account_balance_wallet", "accountfile"),
        _list(request, _("Account movements"), "swap_vert", "accountmovement"),
        page_entry(request, _("Cash forecast"), "trending_up", "billing_admin:forecast", DAY_PERMISSIONS),
        page_entry(
            request, _("Commission of banks"), "balance", "billing_admin:commissions", DAY_PERMISSIONS
        ),
        _list(request, _("Journal"), "menu_book", "journalentry"),
        _list(request, _("Acquiring agreements"), "handshake", "acquiringagreement"),
        _list(request, _("Commission plans"), "percent", "commissionplan"),
        page_entry(request, _("What would this cost?"), "calculate", "billing_admin:cost", COST_PERMISSIONS),
        _list(request, _("Expected payouts"), "schedule", "expectedpayout"),
        _list(request, _("Bank days"), "event", "bankday"),
        _list(request, _("Statement layouts"), "view_column", "statementlayout"),
        _list(request, _("Matching rules"), "rule", "matchrule"),
        _list(request, _("Chart of accounts"), "account_tree", "journalaccount"),
        _list(request, _("Closed days"), "event_available", "closedday"),
    ]


def integrations(request: HttpRequest) -> Group:
    return _("Integrations"), [
        _list(request, _("API clients"), "key", "apiclient"),
        _list(request, _("Event subscriptions"), "podcasts", "eventsubscription"),
        _list(request, _("Deliveries"), "outbox", "delivery"),
    ]


def billing(request: HttpRequest) -> Group:
    return _("Billing"), [
        _list(request, _("Accounts"), "contacts", "account"),
        _list(request, _("Subscriptions"), "subscriptions", "subscription"),
        _list(request, _("Bills"), "receipt_long", "bill"),
    ]


def payment_methods(request: HttpRequest) -> Group:
    expiring = _list(request, _("Expiring cards"), "event_busy", "paymentmethod")
    if expiring:
        expiring["link"] += "?expiry=soon"
    return _("Payment methods"), [
        _list(request, _("Payment methods"), "wallet", "paymentmethod"),
        expiring,
        _list(request, _("Billing addresses"), "home_pin", "billingaddress"),
        _list(request, _("Events"), "history", "methodevent"),
        _list(request, _("Tenants"), "newspaper", "tenant"),
        _list(request, _("Source systems"), "hub", "sourcesystem"),
    ]
