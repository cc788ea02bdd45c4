"""Probes and request ids."""

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from config.process.observability import JsonFormatter


@pytest.fixture
def worker(db, settings):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now()])
    return ProcrastinateWorker.objects.get()


def test_healthz_needs_neither_database_nor_host():
    response = Client(headers={"Host": "10.0.0.7:8000"}).get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_readyz_tells_what_is_missing(db):
    response = Client(headers={"Host": "10.0.0.7"}).get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "migrations": "ok", "worker": "not seen"}


def test_readyz_is_ok_with_a_worker(worker):
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-123", True), ("x" * 65, False), ("a b", False), ("<script>", False), ("", False), ("ö", False)],
)
def test_the_request_id_is_taken_or_made_and_sent_back(sent, kept):
    headers = {"X-Request-ID": sent} if sent else {}
    answer = Client().get("/healthz", headers=headers).headers["X-Request-ID"]
    assert (answer == sent) is kept
    assert len(answer) >= 7


@pytest.mark.parametrize(
    "query",
    [
        "bin=411111111",
        "BIN=411111111",
        "x=%34111111111111111",
        "x=%2534%2531%2531%2531%2531%2531%2531111111111",
    ],
)
def test_a_card_number_in_an_address_is_logged_masked(query, caplog, db):
    with caplog.at_level("INFO", "payments.request"):
        Client().get(f"/nothing?{query}")
    [line] = [
        JsonFormatter().format(record) for record in caplog.records if record.name == "payments.request"
    ]
    assert "411111111" not in line
    assert "%34" not in line
