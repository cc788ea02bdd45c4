"""Payment methods from files: what is loaded, what is refused, and that no secret comes to rest in clear."""

import io

import pytest
from django.core.management import call_command
from django.db import connection

from billing.importing.payment_methods import import_payment_methods
from billing.models import PaymentMethod
from config.kit.importing.errors import ImportRunningError
from tests.support.dump import everything
from tests.support.factories import AccountFactory, PaymentMethodFactory, SubscriptionFactory
from tests.support.files import csv_file, lines, statuses
from tests.support.threads import outcome_elsewhere

HEADER = (
    "external_id,account_number,kind,holder_name,subscription,card_mask,brand,expiry_month,expiry_year,bank_name,"
    "bank_account_type,bank_account_number,bank_routing_number,gateway,gateway_token,gateway_customer_id,is_default\n"
)
CARD = "c1,A-1,1,Mary Irwin,,XXXXXXXXXXXX1111,Visa,06,30,,,,,dummypay,ASFWE234234,cus_1,\n"
BANK = "b1,A-1,bank_account,Bruce Wayne,20,,,,,Gotham City Bank,savings,987650123456,3456324,,,,\n"


@pytest.fixture
def account(channel):
    account = AccountFactory(channel=channel, account_number="A-1")
    SubscriptionFactory(account=account, number=20)
    return account


def load(rows: str, **options):
    return import_payment_methods(file=csv_file(HEADER + rows), **options)


def reasons(report) -> list[str]:
    return [status for _, _, status in lines(report)]


def test_cards_and_bank_accounts_are_loaded(account):
    assert statuses(load(CARD + BANK)) == {"c1": "created", "b1": "created"}
    card, bank = PaymentMethod.objects.order_by("pk")
    assert (card.kind, card.masked_card, card.brand, card.expiry_month, card.expiry_year, str(card.expires_on)) == (
        1, "************1111", "visa", 6, 2030, "2030-06-30",
    )  # fmt: skip
    assert (card.gateway, card.gateway_token, card.gateway_token_mask, card.gateway_customer_id) == (
        "dummypay", "ASFWE234234", "********4234", "cus_1",
    )  # fmt: skip
    assert (bank.kind, bank.bank_account_type, bank.subscription.number) == (2, 2, 20)
    assert (bank.bank_account_number, bank.bank_account_mask) == ("987650123456", "********3456")
    assert (bank.bank_routing_number, bank.bank_routing_mask) == ("3456324", "********6324")
    assert (card.is_default, bank.is_default) == (True, False)
    assert card.events.get().pgh_label == "insert"


def test_what_is_loaded_is_as_the_service_would_have_it(account):
    load(CARD).close()
    loaded = PaymentMethod.objects.get()
    made = PaymentMethodFactory(
        account=account,
        external_id="c1",
        masked_card="XXXXXXXXXXXX1111",
        expiry_month=6,
        expiry_year=2030,
        gateway_token="ASFWE234234",
        gateway_customer_id="cus_1",
    )
    differing = {"id", "modified_date", "created_date", "status_date", "is_default"}
    for field in PaymentMethod._meta.concrete_fields:
        if field.name not in differing:
            assert getattr(loaded, field.attname) == getattr(made, field.attname), field.name


UNCLOSED = BANK.replace("987650123456", '"987650123456')
TOO_WIDE = BANK.replace(",20,", ",20,,").replace(",,,,\n", ",,,,x\n")


@pytest.mark.parametrize("rows", [CARD + BANK, UNCLOSED, TOO_WIDE], ids=["good", "unclosed", "too wide"])
def test_no_number_and_no_token_is_staged_in_clear(account, rows):
    """Neither in the staging tables nor in what the report keeps."""
    seen = []

    def look(execute, sql, *arguments):
        answer = execute(sql, *arguments)
        if sql == "ANALYZE import_rows":
            with connection.cursor() as cursor:
                cursor.execute("SELECT string_agg(import_rows::text, chr(10)) FROM import_rows")
                seen.append(cursor.fetchone()[0])
        return answer

    with connection.execute_wrapper(look), load(rows) as report:
        report._staged.seek(0)
        texts = [*seen, report._staged.read().decode(), str(list(report.rows())), everything()]
    assert seen
    for text in texts:
        for clear in ("987650123456", "3456324", "ASFWE234234"):
            assert clear not in text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("c1,", ","), "no external id"),
        (("A-1", ""), "no account number"),
        (("A-1", "A-9"), "unknown account"),
        (("A-1,1,", "A-1,15,"), "kind is not a number from 1 to 14 or the name of a kind"),
        (("A-1,1,", "A-1,,"), "kind is not a number from 1 to 14 or the name of a kind"),
        (("Mary Irwin", ""), "no holder name"),
        (("Mary Irwin,", "Mary Irwin,x"), "subscription is not a whole number from 1 to 9223372036854775807"),
        (("Mary Irwin,", "Mary Irwin,21"), "the account has no such subscription"),
        (("XXXXXXXXXXXX1111", "4111111111111112"), "card_mask is not a masked card number"),
        (("XXXXXXXXXXXX1111", "4111111111111111"), "a card number; send its first 6 or 8 digits"),
        (("XXXXXXXXXXXX1111", ""), "no card_mask for a card"),
        (("ASFWE234234", "4111 1111 1111 1111"), "a card number; send its first 6 or 8 digits"),
        (("Visa", "Nobody"), "unknown brand"),
        ((",06,", ",,"), "expiry_month or expiry_year is missing"),
        ((",06,30,", ",,,"), "no expiry for a card"),
        ((",06,", ",13,"), "expiry_month is not a month from 1 to 12"),
        ((",06,", ",x,"), "expiry_month is not a month from 1 to 12"),
        ((",30,", ",1999,"), "expiry_year is not a year from 2000 to 2099"),
        ((",30,", ",x,"), "expiry_year is not a year from 2000 to 2099"),
        (("dummypay", "nobody"), "unknown gateway"),
        (("ASFWE234234", "x" * 513), "a number or token longer than 512 characters"),
        (("cus_1,", "cus_1,perhaps"), "is_default is not yes or no"),
    ],
)
def test_bad_cards_are_refused(account, change, reason):
    assert reasons(load(CARD.replace(*change, 1))) == [f"invalid: {reason}"]
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("987650123456", ""), "no bank_account_number for a bank account"),
        (("savings", "piggy"), "unknown bank_account_type"),
    ],
)
def test_bad_bank_accounts_are_refused(account, change, reason):
    assert reasons(load(BANK.replace(*change))) == [f"invalid: {reason}"]


def test_the_same_file_again_changes_nothing(account):
    load(CARD + BANK).close()
    assert statuses(load(CARD.replace("Mary Irwin", "Somebody else") + BANK)) == {
        "c1": "exists",
        "b1": "exists",
    }
    assert statuses(load(CARD + CARD.replace("c1", "c2") * 2)) == {"c1": "exists", "c2": "duplicate in file"}
    assert PaymentMethod.objects.count() == 3


def test_one_external_id_of_two_accounts_is_two_methods(account, channel):
    AccountFactory(channel=channel, account_number="A-2")
    assert reasons(load(CARD + CARD.replace("A-1", "A-2"))) == ["created", "created"]
    assert PaymentMethod.objects.filter(is_default=True).count() == 2


@pytest.mark.parametrize(
    ("flags", "own"),
    [(("", "yes", "1"), "c2"), (("no", "", ""), "c2"), (("no", "false", "0"), None), (("", "", ""), "c1")],
)
def test_an_account_gets_one_own_method(account, flags, own):
    rows = "".join(
        CARD.replace("c1", f"c{number}").replace("cus_1,", f"cus_1,{flag}")
        for number, flag in enumerate(flags, 1)
    )
    assert set(reasons(load(rows))) == {"created"}
    assert list(PaymentMethod.objects.filter(is_default=True).values_list("external_id", flat=True)) == (
        [own] if own else []
    )


def test_an_expired_card_is_no_accounts_own_even_if_the_file_says_so(account, channel):
    AccountFactory(channel=channel, account_number="A-2")
    expired = CARD.replace(",06,30,", ",06,12,")
    load(
        expired + CARD.replace("c1", "c2") + expired.replace("A-1", "A-2").replace("cus_1,", "cus_1,yes")
    ).close()
    own = PaymentMethod.objects.filter(is_default=True).order_by("pk")
    assert list(own.values_list("account__account_number", "external_id")) == [("A-1", "c2")]


def test_an_account_with_an_own_method_keeps_it(account):
    own = PaymentMethodFactory(account=account)
    load(CARD.replace("cus_1,", "cus_1,yes")).close()
    assert PaymentMethod.objects.get(is_default=True) == own


def test_the_command(account, tmp_path):
    file = tmp_path / "methods.csv"
    file.write_text(HEADER + CARD + BANK.replace("savings", "piggy"))
    out = io.StringIO()
    call_command("import_payment_methods", str(file), "--dry-run", stdout=out, stderr=io.StringIO())
    assert "created: 1\n" in out.getvalue()
    assert "invalid: 1\n" in out.getvalue()
    assert not PaymentMethod.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_import_is_refused_while_the_first_runs(channel):
    AccountFactory(channel=channel, account_number="A-1")
    refused = []

    def try_another(done, total, stage):
        if stage == "saving":
            refused.append(outcome_elsewhere(lambda: load(CARD)))

    with load(CARD, progress=try_another) as report:
        assert report.counts["created"] == 1
    assert [type(error) for error in refused] == [ImportRunningError]
    assert PaymentMethod.objects.get().is_default
