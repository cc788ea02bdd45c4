"""The import commands as a shell sees them, and two of them at the same time."""

import io
import tracemalloc

import pghistory
import pytest
from django.core.management import CommandError, call_command

from billing.importing.bills import import_bills
from billing.models import Account, Bill, Subscription
from config.kit.importing.errors import ImportRunningError
from tests.support.factories import AccountFactory, SubscriptionFactory
from tests.support.files import csv_file
from tests.support.threads import outcome_elsewhere

BILLS = "number,subscription,amount,currency,issued_on,due_on,description\n"


def row(number: int) -> str:
    return f"{number},458752,10.00,TRY,2026-01-01,2026-01-31,\n"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "file.csv"
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def subscription(channel):
    return SubscriptionFactory(account=AccountFactory(channel=channel), number=458752)


def test_the_three_commands_one_after_the_other(channel, write):
    assert "created: 1\n" in run(
        "import_accounts", write("account_number,name\nA-1,Ayşe\n"), "--channel", "shop"
    )
    assert "created: 1\n" in run("import_subscriptions", write("account_number,number\nA-1,458752\n"))
    assert "created: 2\n" in run("import_bills", write(BILLS + row(1) + row(2)))
    assert (Account.objects.count(), Subscription.objects.count(), Bill.objects.count()) == (1, 1, 2)
    (event,) = pghistory.models.Events.objects.tracks(Bill.objects.first())
    assert event.pgh_context == {"command": "import_bills"}


def test_dry_run_and_rejects(subscription, write, tmp_path):
    rejects = tmp_path / "rejects.csv"
    printed = run("import_bills", write(BILLS + row(1) + row(0)), "--dry-run", "--rejects", str(rejects))
    assert (
        printed == "Dry run: nothing was written.\ncreated: 1\nexists: 0\nduplicate in file: 0\ninvalid: 1\n"
    )
    assert "3,0,number is not a whole number" in rejects.read_text()
    assert not Bill.objects.exists()


def test_it_fails_in_plain_words(channel, write):
    with pytest.raises(CommandError, match="No Channel none"):
        run("import_accounts", write("account_number,name\nA,B\n"), "--channel", "none")
    with pytest.raises(CommandError, match="No row is valid"):
        run("import_bills", write(BILLS + row(1)))
    with pytest.raises(
        CommandError, match="Column number, subscription, amount, issued_on, due_on is missing"
    ):
        run("import_bills", write("name\nx\n"))


def test_memory_does_not_grow_with_the_file(subscription):
    def peak_of(count: int) -> int:
        file = csv_file(BILLS + "".join(row(number) for number in range(1, count + 1)))
        tracemalloc.start()
        with import_bills(file=file, dry_run=True) as report:
            assert report.counts["created"] == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_of(100)  # what is made once
    small, large = peak_of(10_000), peak_of(50_000)
    assert large < small * 1.5


@pytest.mark.django_db(transaction=True)
def test_a_second_import_is_refused_while_the_first_runs(subscription):
    def load(progress=None):
        return import_bills(file=csv_file(BILLS + "".join(map(row, range(1, 2_001)))), progress=progress)

    refused = []

    def try_another(done, total, stage):
        if stage == "saving":
            refused.append(outcome_elsewhere(load))

    with load(try_another) as report:
        assert report.counts["created"] == Bill.objects.count() == 2_000
    assert [type(error) for error in refused] == [ImportRunningError]
