"""Accounts, subscriptions and bills from files: what is loaded, what is refused, and why."""

from decimal import Decimal

import pytest

from billing.importing.accounts import import_accounts
from billing.importing.bills import import_bills
from billing.importing.subscriptions import import_subscriptions
from billing.models import Account, Bill, Subscription
from config.kit.importing.errors import FileUnreadableError
from tests.support.factories import AccountFactory, BillFactory, ChannelFactory, SubscriptionFactory
from tests.support.files import csv_file, lines, statuses

BILLS = "number,subscription,amount,currency,issued_on,due_on,description\n"
INT64 = 2**63 - 1


@pytest.fixture
def account(channel):
    return AccountFactory(channel=channel, account_number="A-1")


@pytest.fixture
def subscription(account):
    return SubscriptionFactory(account=account, number=458752)


def reasons(report) -> list[str]:
    return [status for _, _, status in lines(report)]


def test_accounts_are_loaded_with_what_is_missing_filled_in(db):
    channel = ChannelFactory(default_currency="EUR")
    text = "Account number;Name;E-mail;Phone;Currency\nA-1;Ayşe;ayse@example.com;+905320000001;USD\nA-2;Mary;;;\n"
    assert statuses(import_accounts(channel=channel, file=csv_file(text))) == {
        "A-1": "created",
        "A-2": "created",
    }
    assert list(Account.objects.values_list("account_number", "name", "email", "phone", "currency")) == [
        ("A-1", "Ayşe", "ayse@example.com", "+905320000001", "USD"),
        ("A-2", "Mary", "", "", "EUR"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Ayşe,,,", "no account number"),
        ("A,,,,", "no name"),
        ("A,Ayşe,no address,,", "email is not valid"),
        ("A,Ayşe,,,try", "currency is not an ISO 4217 code"),
        ("A,Ayşe,,,TRYY", "currency is not an ISO 4217 code"),
        (f"{'9' * 65},Ayşe,,,", "account number longer than 64 characters"),
        (f"A,{'x' * 201},,,", "name longer than 200 characters"),
        (f"A,Ayşe,,{'5' * 33},", "phone longer than 32 characters"),
        ("A,4111 1111 1111 1111,,,", "a card number; send its first 6 or 8 digits"),
        ("4111111111111111,Ayşe,,,", "a card number; send its first 6 or 8 digits"),
    ],
)
def test_bad_accounts_are_refused(channel, row, reason):
    text = f"account_number,name,email,phone,currency\n{row}\n"
    assert reasons(import_accounts(channel=channel, file=csv_file(text))) == [f"invalid: {reason}"]
    assert not Account.objects.exists()


def test_an_account_number_of_another_channel_is_no_account_of_this_one(account):
    other = ChannelFactory()
    text = "account_number,name\nA-1,Ayşe\nA-2,Mary\n"
    assert reasons(import_accounts(channel=other, file=csv_file(text))) == [
        "invalid: the account number belongs to another channel",
        "created",
    ]


def test_long_identifiers_and_phone_numbers_are_no_card_numbers(channel):
    text = "account_number,name,phone\n123456789012345678,Ayşe,905320000001\n"
    assert reasons(import_accounts(channel=channel, file=csv_file(text))) == ["created"]
    text = f"account_number,number\n123456789012345678,{INT64}\n"
    assert reasons(import_subscriptions(file=csv_file(text))) == ["created"]
    assert Subscription.objects.get().number == INT64


def test_subscriptions_are_loaded(account):
    text = "account_number,number,name,status\nA-1,20,Newspaper,Suspended\nA-1,21,,\n"
    assert statuses(import_subscriptions(file=csv_file(text))) == {"20": "created", "21": "created"}
    assert list(Subscription.objects.values_list("account", "number", "name", "status")) == [
        (account.pk, 20, "Newspaper", "suspended"),
        (account.pk, 21, "", "active"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A-1,,,", "no number"),
        ("A-1,0,,", f"number is not a whole number from 1 to {INT64}"),
        ("A-1,-5,,", f"number is not a whole number from 1 to {INT64}"),
        ("A-1,1.5,,", f"number is not a whole number from 1 to {INT64}"),
        ("A-1,٣,,", f"number is not a whole number from 1 to {INT64}"),
        (f"A-1,{INT64 + 1},,", f"number is not a whole number from 1 to {INT64}"),
        (f"A-1,{'9' * 400},,", f"number is not a whole number from 1 to {INT64}"),
        (",5,,", "no account number"),
        ("A-9,5,,", "unknown account"),
        ("A-1,5,,paused", "status is not active, suspended or ended"),
        ("A-1,4111111111111111,,", "a card number; send its first 6 or 8 digits"),
    ],
)
def test_bad_subscriptions_are_refused(account, row, reason):
    text = f"account_number,number,name,status\n{row}\n"
    assert reasons(import_subscriptions(file=csv_file(text))) == [f"invalid: {reason}"]
    assert not Subscription.objects.exists()


def test_a_number_of_another_accounts_subscription_is_refused(subscription):
    AccountFactory(account_number="A-2")
    text = "account_number,number\nA-2,458752\nA-1,458752\n"
    assert reasons(import_subscriptions(file=csv_file(text))) == [
        "invalid: the number belongs to another account's subscription",
        "duplicate in file",
    ]
    assert statuses(import_subscriptions(file=csv_file("account_number,number\nA-1,458752\n"))) == {
        "458752": "exists"
    }


def test_bills_are_loaded(subscription):
    rows = (
        "54321,458752,125.50,TRY,2026-01-01,2026-01-31,Internet\n123123,458752,90,,2026-02-01,2026-02-28,\n"
    )
    assert statuses(import_bills(file=csv_file(BILLS + rows))) == {"54321": "created", "123123": "created"}
    bill = Bill.objects.get(number=54321)
    assert (bill.subscription, bill.amount, bill.currency, bill.status) == (
        subscription,
        Decimal("125.50"),
        "TRY",
        "open",
    )
    assert (str(bill.issued_on), str(bill.due_on), bill.description) == (
        "2026-01-01",
        "2026-01-31",
        "Internet",
    )
    assert Bill.objects.get(number=123123).currency == "TRY"
    assert bill.events.get().pgh_label == "insert"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",458752,1,,2026-01-01,2026-01-31,", "no number"),
        ("0,458752,1,,2026-01-01,2026-01-31,", "number is not a whole number from 1 to 2147483647"),
        ("2147483648,458752,1,,2026-01-01,2026-01-31,", "number is not a whole number from 1 to 2147483647"),
        ("1,,1,,2026-01-01,2026-01-31,", "no subscription"),
        ("1,x,1,,2026-01-01,2026-01-31,", f"subscription is not a whole number from 1 to {INT64}"),
        ("1,458753,1,,2026-01-01,2026-01-31,", "unknown subscription"),
        ("1,458752,,,2026-01-01,2026-01-31,", "no amount"),
        ("1,458752,0,,2026-01-01,2026-01-31,", "amount is not greater than zero"),
        ("1,458752,0.00,,2026-01-01,2026-01-31,", "amount is not greater than zero"),
        ("1,458752,-5,,2026-01-01,2026-01-31,", "amount is not a number like 125.50"),
        ('1,458752,"1,5",,2026-01-01,2026-01-31,', "amount is not a number like 125.50"),
        ("1,458752,NaN,,2026-01-01,2026-01-31,", "amount is not a number like 125.50"),
        ("1,458752,1e5,,2026-01-01,2026-01-31,", "amount is not a number like 125.50"),
        (f"1,458752,{'9' * 15},,2026-01-01,2026-01-31,", "amount is not a number like 125.50"),
        ("1,458752,1.005,,2026-01-01,2026-01-31,", "amount has too many decimal places for its currency"),
        ("1,458752,1,USD,2026-01-01,2026-01-31,", "currency is not the account's"),
        ("1,458752,1,XX1,2026-01-01,2026-01-31,", "currency is not the account's"),
        ("1,458752,1,,2026-02-30,2026-03-31,", "issued_on is not a date like 2026-01-31"),
        ("1,458752,1,,20260201,2026-03-31,", "issued_on is not a date like 2026-01-31"),
        ("1,458752,1,,2026-02-01,,", "due_on is not a date like 2026-01-31"),
        (f"1,458752,1,,2026-02-01,2026-03-31,{'x' * 501}", "description longer than 500 characters"),
        (
            "1,458752,1,,2026-02-01,2026-03-31,4111-1111-1111-1111",
            "a card number; send its first 6 or 8 digits",
        ),
    ],
)
def test_bad_bills_are_refused(subscription, row, reason):
    assert reasons(import_bills(file=csv_file(f"{BILLS}{row}\n"))) == [f"invalid: {reason}"]
    assert not Bill.objects.exists()


def test_places_that_are_only_zeros_are_no_places(channel):
    account = AccountFactory(channel=channel, currency="JPY")
    SubscriptionFactory(account=account, number=1)
    rows = "1,1,1000.00,JPY,2026-01-01,2026-01-31,\n2,1,1000.5,JPY,2026-01-01,2026-01-31,\n"
    assert reasons(import_bills(file=csv_file(BILLS + rows))) == [
        "created",
        "invalid: amount has too many decimal places for its currency",
    ]


def test_the_same_file_again_changes_nothing(subscription):
    text = BILLS + "54321,458752,125.50,TRY,2026-01-01,2026-01-31,\n"
    import_bills(file=csv_file(text)).close()
    again = text.replace("125.50", "999")
    assert statuses(import_bills(file=csv_file(again))) == {"54321": "exists"}
    assert Bill.objects.get().amount == Decimal("125.50")


def test_good_rows_are_saved_whatever_the_others_are(subscription):
    other = BillFactory(number=7)
    rows = (
        "1,458752,5,,2026-01-01,2026-01-31,\n"
        "1,458752,6,,2026-01-01,2026-01-31,\n"
        "7,458752,5,,2026-01-01,2026-01-31,\n"
        "2,9,5,EUR,2026-01-01,2026-01-31,\n"
        "3,458752,1.234,USD,2026-01-01,2026-01-31,\n"
    )
    assert reasons(import_bills(file=csv_file(BILLS + rows))) == [
        "created",
        "duplicate in file",
        "invalid: the bill number belongs to another subscription",
        "invalid: unknown subscription",
        "invalid: currency is not the account's",
    ]
    assert set(Bill.objects.values_list("number", flat=True)) == {1, other.number}


def test_a_dry_run_writes_nothing(subscription):
    text = BILLS + "54321,458752,125.50,TRY,2026-01-01,2026-01-31,\n"
    assert statuses(import_bills(file=csv_file(text), dry_run=True)) == {"54321": "created"}
    assert not Bill.objects.exists()


def test_a_column_that_is_needed_has_to_be_there(subscription):
    with pytest.raises(FileUnreadableError, match="Column due_on is missing"):
        import_bills(file=csv_file("number,subscription,amount,issued_on\n1,458752,5,2026-01-01\n"))
