"""An office in which something of everything has happened, and the addresses of its pages."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from billing.models import Case, Difference, Payment, Refund
from billing.services.api_client import create_client
from billing.services.refund import refund_payment
from billing.services.return_token import return_token_of
from billing.services.roll_up import roll_up
from billing.statements.account_loading import load_account_file
from billing.statements.people import ask_write_off
from billing.statements.runs import reconcile_statements
from payments import services
from tests.billing.conftest import Shop, make_shop
from tests.billing.statements.test_account_files import IBAN, MT940
from tests.billing.statements.test_desk import load, row_of
from tests.billing.statements.world import agree, layout_for, plan_for
from tests.support import factories
from tests.support.pages import add_url, list_url, page_url
from tests.vault.conftest import make_bins
from tests.vault.conftest import make_shop as make_merchant

DECLINED, DOUBTFUL = "4111111111111012", "4111111111111053"


@dataclass
class Office:
    shop: Shop
    paid: Payment
    doubtful: Payment
    waiting: Refund


def make_office() -> Office:
    """Everybody's rows are made through the services. The refund limit is 100 of the channel's currency."""
    shop = make_shop(tuple(str(Decimal("125.50") + number) for number in range(6)))
    services.channels.update(shop.channel, conf={"refund_limit": "100"})
    person = User.objects.filter(is_superuser=False).first() or factories.UserFactory(role="Finance")
    plan_for(shop.pos, rate="2")
    shop.agreement = agree(shop.pos, terminal_number="T1")
    shop.layout = layout_for("garanti", shop.agreement.bank)
    first, second, third, fourth, *_rest = (bill.number for bill in shop.bills)
    paid = shop.charge(bill_numbers=[first]).payment
    shop.charge(DECLINED, bill_numbers=[second])
    doubtful = shop.charge(DOUBTFUL, bill_numbers=[third]).payment
    refunded = shop.charge(bill_numbers=[fourth]).payment
    refund_payment(paid, amount=Decimal("10.20"), reason="Two lines were billed twice", user_id=person.pk)
    waiting = refund_payment(refunded, amount=Decimal("110"), reason="Moved away", user_id=person.pk)
    Case.objects.create(payment=doubtful, summary="Asked 7 times.")
    load(shop, row_of(paid, commission=999))
    reconcile_statements(shop.agreement.bank)
    ask_write_off(Difference.objects.earliest("pk"), reason="One lira", user_id=person.pk)
    load_account_file(factories.BankAccountFactory(iban=IBAN), data=MT940, name="account", user_id=None)
    for name in (
        "MultiCurrencyCard",
        "PaymentOption",
        "BillingAddress",
        "PaymentMethod",
        "Tenant",
        "SourceSystem",
    ):
        getattr(factories, f"{name}Factory")()
    with transaction.atomic():
        create_client(name="telco", scopes=["read"])
    make_merchant("Ayşe's shop")
    make_bins(shop.channel)
    roll_up()
    waiting = Refund.objects.get(payment=refunded)
    return Office(shop, paid, doubtful, waiting)


def model_pages() -> dict[str, str]:
    """List, form to add, page, history and deletion of every model of the desk that has a row.

    Procrastinate registers a list of jobs by itself, for developers: it is not in the menu.
    """
    pages = {}
    for model in admin.site._registry:
        if model._meta.app_label == "procrastinate":
            continue
        name = model._meta.model_name
        pages[f"{name} list"] = list_url(model)
        pages[f"{name} add"] = add_url(model)
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            pages[f"{name} page"] = page_url(row)
            pages[f"{name} history"] = page_url(row, "history")
            pages[f"{name} delete"] = page_url(row, "delete")
    return pages


def other_pages(office: Office) -> dict[str, str]:
    """Dashboard, confirmations, uploads, figures, the second factor, and what the payer sees."""
    named = {
        "dashboard": "admin:index", "password": "admin:password_change", "search": "search",
        "factors": "factors:overview",
        "factor add": "factors:add", "which pos": "payments_admin:which_pos", "cost": "billing_admin:cost",
        "statement upload": "billing_admin:statement_upload", "account upload": "billing_admin:account_file_upload",
        "payouts": "billing_admin:payouts", "days": "billing_admin:days", "forecast": "billing_admin:forecast",
        "commissions": "billing_admin:commissions",
    }  # fmt: skip
    pages = {name: reverse(path) for name, path in named.items()}
    pages |= {f"upload {kind}": reverse("payments_admin:upload", args=[kind]) for kind in ("bins", "banks")}
    pages |= {action: page_url(office.paid, action) for action in ("refund", "void", "ask", "deallocate")}
    pages |= {action: page_url(office.waiting, action) for action in ("approve", "reject")}
    pages["doubtful payment"] = page_url(office.doubtful)
    pages["payer: paid"] = reverse("payment-result", args=[return_token_of(office.paid)])
    pages["payer: open"] = reverse("payment-result", args=[return_token_of(office.doubtful)])
    return pages
