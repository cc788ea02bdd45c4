"""What a run leaves in tables, pages and logs."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from billing.models import Callback, Payment, Refund, Verdict
from tests.prove.invariants.seen import Seen
from tests.support.bank.client import find_pans

PAGES = 10
"""Of the desk, for the latest of each kind."""
CHAINED = ("During handling of the above exception", "The above exception was the direct cause")


def callbacks_are_judged(seen: Seen) -> list[str]:
    return [f"callback {row.pk}" for row in Callback.objects.filter(verdict=Verdict.RECEIVED)]


def tables_with_card_numbers(seen: Seen) -> list[str]:
    wrong = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" AS t')
            if any(find_pans(row) for (row,) in cursor):
                wrong.add(table)
    return sorted(wrong)


def pages_with_card_numbers(seen: Seen) -> list[str]:
    """The result pages that payers saw, and the desk's pages of the last payments."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(get_user_model().objects.get(username=seen.user))
    pages = [
        reverse(f"admin:billing_{name}_changelist") for name in ("payment", "refund", "case", "callback")
    ]
    for model in (Payment, Callback, Refund):
        url = f"admin:billing_{model._meta.model_name}_change"
        pages += [reverse(url, args=[row.pk]) for row in model.objects.order_by("-pk")[:PAGES]]
    wrong = [page for page in pages if find_pans(client.get(page).content.decode())]
    return wrong + ["result page"] * seen.pages_with_cards


def lines_with_card_numbers(seen: Seen) -> list[str]:
    return [f"line {number}" for number, line in enumerate(_lines(seen), 1) if find_pans(line)]


def unforeseen_errors(seen: Seen) -> list[str]:
    """The last lines of tracebacks: what the application did not foresee. Of a chain, only the last exception."""
    lines = [line for line in _lines(seen) if line]
    return [
        line
        for before, line, after in zip(lines, lines[1:], [*lines[2:], ""], strict=False)
        if before.startswith(" ")
        and _is_exception(line)
        and not after.startswith(CHAINED)
        and not any(name in line for name in seen.expected_errors)
    ]


def _lines(seen: Seen) -> list[str]:
    return seen.log.read_text(errors="replace").splitlines()


def _is_exception(line: str) -> bool:
    return not line.startswith(" ") and "Error" in line.split(":")[0]
