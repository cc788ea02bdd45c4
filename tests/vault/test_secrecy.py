"""What may not be read is nowhere in clear: not in a table, a dump, a log or a history row."""

import logging

import pytest

from config.process.observability import JsonFormatter, TextFormatter
from tests.support.dump import everything
from vault.models import AccessLog, StoredCard

IDENTITY, HOLDER = "17654932298", "Şükrü Gizli"


@pytest.fixture
def logs(caplog):
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        return "\n".join(
            formatter.format(record)
            for record in caplog.records
            for formatter in (JsonFormatter(), TextFormatter())
        )

    return read


def test_identity_holder_and_unique_code_are_in_no_table_and_no_log(shop, logs):
    code = shop.save(HolderName=HOLDER).json()["Body"]["UniqueCode"]
    shop.list()
    shop.put(code)
    dump = everything()
    shop.delete(code)
    for text in (dump, everything(), logs()):
        for secret in (IDENTITY, HOLDER, code, shop.private, shop.client):
            assert secret not in text


def test_an_unforeseen_error_tells_neither_the_client_nor_the_log_what_was_sent(shop, logs, monkeypatch):
    from vault.services import cards

    monkeypatch.setattr(cards, "log_access", lambda *_args, **_fields: 1 / 0)
    answer = shop.save(HolderName=HOLDER)
    assert answer.status_code == 500
    assert answer.json()["Body"] is None
    assert "ZeroDivisionError" in logs()
    for secret in (IDENTITY, HOLDER, shop.private):
        assert secret not in logs()
    assert not StoredCard.objects.exists()


@pytest.mark.parametrize("field", ["Nickname", "HolderName", "RelationalId1", "RelationalId3"])
@pytest.mark.parametrize("number", ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"])
def test_a_card_number_is_refused_and_stays_nowhere(shop, logs, field, number):
    if field.startswith("Relational") and not number.isdigit():
        pytest.skip("an id is a card number only as one run")
    answer = shop.save(**{field: f"a {number}"})
    assert answer.status_code == 400
    assert list(answer.json()["Body"]) == [field]
    for text in (everything(), logs(), answer.content.decode()):
        assert number not in text
    assert not StoredCard.objects.exists()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "550e8400-e29b-41d4-a716-446655440abc",
        "customer-1234567890",
        "2026-11-21 10:15:30",
        "123456789012",
        "905321234567",
        "1795392000000",
        "1795392000000000",
        "2130303778816000001",
        "5f4dcc3b5aa765d61d8327de",
    ],
)
def test_usual_ids_are_no_card_numbers(shop, text):
    assert shop.save(RelationalId1=text).status_code == 200


def test_answers_are_not_cached(shop):
    assert shop.list()["Cache-Control"] == "no-store"
