"""An IBAN is one by its letters and digits, however it is written."""

import importlib

import pytest
from django.db import IntegrityError, connection

from payments import services
from payments.models import BankAccount
from tests.support.factories import BankAccountFactory, BankFactory

IBAN = "TR330006100519786457841326"
GROUPED = "TR33 0006 1005 1978 6457 8413 26"
TAKEN = {"non_field_errors": ["The fields iban, channel must make a unique set."]}


@pytest.mark.parametrize("again", [IBAN, GROUPED, IBAN.lower(), GROUPED.replace(" ", "-")])
def test_the_same_account_is_not_stored_twice(again, api, channel):
    account = BankAccountFactory(bank=BankFactory(channel=channel), iban=GROUPED)
    sent = {
        "bank": account.bank_id, "slug": "other", "holder_name": "x", "iban": again, "channel": channel.pk,
    }  # fmt: skip
    answer = api.post("/api/v1/bank_accounts/", sent)
    assert (answer.status_code, answer.json()) == (400, TAKEN)
    assert api.patch(f"/api/v1/bank_accounts/{account.pk}/", {"iban": again}).json()["iban"] == again


def test_the_database_says_so_too(channel):
    account = BankAccountFactory(bank=BankFactory(channel=channel), iban=GROUPED)
    with pytest.raises(IntegrityError, match="payments_bankaccount_iban_channel"):
        BankAccount.objects.create(
            bank=account.bank, channel=channel, slug="other", holder_name="x", iban=IBAN.lower()
        )


def test_a_lost_race_has_the_text_of_the_contract(api, channel, monkeypatch):
    account = BankAccountFactory(bank=BankFactory(channel=channel), iban=GROUPED)
    monkeypatch.setattr(services.bank_accounts, "taken_sets", lambda instance: [])
    sent = {"bank": account.bank_id, "slug": "other", "holder_name": "x", "iban": IBAN, "channel": channel.pk}
    answer = api.post("/api/v1/bank_accounts/", sent)
    assert (answer.status_code, answer.json()) == (400, TAKEN)


def test_it_is_found_however_it_is_written(api, channel):
    BankAccountFactory(bank=BankFactory(channel=channel), iban=GROUPED)
    for query in (f"iban={IBAN}", f"iban={IBAN.lower()}", f"iban__exact={IBAN}", f"iban__in=x,{IBAN}"):
        assert api.get(f"/api/v1/bank_accounts/?{query}").json()["count"] == 1, query
    assert api.get("/api/v1/bank_accounts/?iban=TR34").json()["count"] == 0


def test_the_index_answers_the_service(channel):
    BankAccountFactory(bank=BankFactory(channel=channel), iban=GROUPED)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = BankAccount.objects.filter(iban__compact=IBAN, channel=channel).explain()
    assert "payments_bankaccount_iban_channel" in plan


def test_the_migration_keeps_duplicates_and_marks_them(channel):
    migration = importlib.import_module("payments.migrations.0008_iban_by_letters")
    bank = BankFactory(channel=channel)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payments_bankaccount_iban_channel")
        others = {"bank": bank, "channel": channel, "holder_name": "x"}
        off = BankAccount.objects.create(slug="a", iban=IBAN, is_active=False, **others)
        kept = BankAccount.objects.create(slug="b", iban=GROUPED, **others)
        third = BankAccount.objects.create(slug="c", iban=IBAN.lower(), **others)
        alone = BankAccount.objects.create(slug="d", iban="DE89370400440532013000", **others)
        cursor.execute(migration.MARK_DUPLICATES)
    found = dict(BankAccount.objects.values_list("pk", "iban"))
    assert (found[kept.pk], found[alone.pk]) == (GROUPED, "DE89370400440532013000")
    assert found[off.pk] == f"{IBAN} (duplicate {off.pk} of {kept.pk})"
    assert found[third.pk] == f"{IBAN.lower()} (duplicate {third.pk} of {kept.pk})"
    assert set(BankAccount.objects.filter(is_active=True)) == {kept, alone}
