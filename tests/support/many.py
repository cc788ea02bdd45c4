"""Tables as large as a telco's: copies of a few rows, written without triggers."""

from django.db import connection
from django.db.models import Model

from billing.models import Payment

KEYS = 10_000_000
"""Copies have the keys behind this one."""


def copy_rows(template: Model, count: int, **others: str) -> None:
    """`count` copies with the keys KEYS + 1 and so on; `others` are SQL of columns that differ, over `n`."""
    columns = [field.column for field in template._meta.concrete_fields if not field.generated]
    key = template._meta.pk.column
    others = {key: f"{KEYS} + n", **others}
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(others.get(name, f'template."{name}"') for name in columns)
    table = template._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS template, "  # noqa: S608
            f"generate_series(1, {int(count)}) AS n WHERE template.{key} = {int(template.pk)}"
        )
        cursor.execute("SET session_replication_role = origin")
        # A sample of all rows: plans do not depend on chance.
        cursor.execute("SET LOCAL default_statistics_target = 1000")
        cursor.execute(f"ANALYZE {table}")
        cursor.execute("RESET default_statistics_target")


def many_payments(payment: Payment, count: int) -> None:
    """Copies of a received payment of one bill: ten for each account, a fifth of them with a bill; each has details."""
    bill = payment.payment_bills.get().bill
    accounts, billed = max(1, count // 10), max(1, count // 5)
    copy_rows(payment.account, accounts, account_number="'N-' || n", name="'Customer ' || n")
    account = f"{KEYS} + 1 + (n - 1) % {accounts}"
    copy_rows(bill.subscription, accounts, account_id=f"{KEYS} + n", number="1000 + n")
    copy_rows(bill, billed, number="1000000 + n", subscription_id=f"{KEYS} + 1 + (n - 1) % {accounts}")
    copy_rows(
        payment,
        count,
        order_id="'ORDER-' || n",
        account_id=account,
        auth_code="'A' || n",
        amount="(n % 100000 + 1) / 100.0",
        captured_amount="(n % 100000 + 1) / 100.0",
        refunded_amount="0",
        allocated_amount="0",
        created_date="now() - n * interval '1 minute'",
        modified_date="now() - n * interval '1 minute'",
        state="CASE WHEN n % 1000 = 0 THEN 'declined' ELSE 'captured' END",
        currency="CASE WHEN n % 1000 = 1 THEN 'EUR' ELSE 'USD' END",
    )
    copy_rows(
        payment.client_references,
        count,
        correlator_id="'run-' || n",
        name="'Name ' || n",
        description="'Text ' || n",
        method_reference="'till ' || n",
        channel="jsonb_build_object('id', 'channel-' || n)",
        party="jsonb_build_object('id', 'party-' || n)",
        amount="(n % 100000 + 1) / 100.0",
        tax_amount="(n % 100000) / 100.0",
    )
    shared = {"payment_id": f"{KEYS} + n", "bill_id": f"{KEYS} + n"}
    copy_rows(payment.payment_bills.get(), billed, **shared)
    copy_rows(payment.allocations.earliest("pk"), billed, **shared)
