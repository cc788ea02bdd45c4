"""`/metrics`: who may read it, what it says, and what it never says."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from billing.models import Payment
from billing.services.roll_up import roll_up
from config.kit.identity.models import Access
from config.kit.lib.measures import POOL
from payments.importing.bin_numbers import import_bin_numbers
from tests.billing.conftest import GOOD_CARD, make_shop
from tests.support.database import copied_database
from tests.support.factories import CardFactory, UserFactory
from tests.support.files import csv_file
from tests.support.web_server import web_server

TOKEN = "a token of the test"


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = TOKEN


def read(token: str = TOKEN) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Name → labels → value."""
    answer = Client(headers={"Host": "10.0.0.7", "Authorization": f"Bearer {token}"}).get("/metrics")
    assert answer.status_code == 200
    found: dict = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_without_the_token_there_is_no_such_page(db, headers):
    assert Client(headers=headers).get("/metrics").status_code == 404


def test_without_a_token_in_settings_nobody_reads_it(db, settings):
    settings.METRICS_TOKEN = ""
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404


def test_a_charge_is_counted_by_pos_outcome_and_reason(transactional_db):
    shop = make_shop()
    shop.charge()
    pos = str(shop.pos.pk)
    found = read()
    calls = {
        labels: value
        for labels, value in found["payments_bank_calls_total"].items()
        if ("pos", pos) in labels
    }
    [(labels, count)] = calls.items()
    assert (dict(labels)["outcome"], dict(labels)["operation"], count) == ("approved", "sale", 1)
    assert found["payments_bank_call_seconds_count"][("operation", "sale"), ("pos", pos)] == 1
    assert (
        ("channel", shop.channel.slug),
        ("pos", pos),
        ("slug", shop.pos.slug),
    ) in found["payments_pos_info"]


def test_payments_in_doubt_by_age_and_todays_outcomes(transactional_db):
    shop = make_shop()
    payment = shop.charge().payment
    roll_up()
    assert read()["payments_in_doubt"] == {(("older_than", age),): 0 for age in ("0m", "15m", "1h", "1d")}
    today = read()["payments_today"]
    assert today[("pos", str(shop.pos.pk)), ("reason", payment.reason), ("state", "captured")] == 1
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # as no bank leaves it so in a test
        Payment.objects.update(state="unknown", created_date=timezone.now() - timedelta(minutes=20))
        cursor.execute("RESET session_replication_role")
    assert read()["payments_in_doubt"] == {
        (("older_than", "0m"),): 1, (("older_than", "15m"),): 1, (("older_than", "1h"),): 0, (("older_than", "1d"),): 0,
    }  # fmt: skip


def test_queues_workers_and_the_database(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('bank', 'x') RETURNING id"
        )
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '7 minutes' WHERE job_id = %s",
            cursor.fetchone(),
        )
    found = read()
    assert found["payments_workers"][()] == 1
    assert found["payments_jobs_waiting"][(("queue", "bank"),)] == 1
    assert 419 < found["payments_jobs_lag_seconds"][(("queue", "bank"),)] < 480
    assert found["payments_database_up"][()] == 1
    assert found["payments_database_connections"][()] >= 1


def test_an_import_is_counted(db, channel):
    before = read().get("payments_import_rows_total", {})
    key = (("kind", "bin_number"), ("status", "created"))
    with import_bin_numbers(card=CardFactory(channel=channel), file=csv_file("411979\n552879\n")):
        assert read()["payments_import_rows_total"][key] == before.get(key, 0) + 2


def test_no_card_and_nobody_is_in_it(transactional_db):
    """Labels are ids and words of ours, whatever was typed."""
    shop = make_shop()
    shop.charge()
    Client().get("/4111111111111111/Ali%20Veli/")
    answer = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics").content.decode()
    assert "payments_bank_calls_total" in answer
    names = re.sub(r" \S+$", "", answer, flags=re.MULTILINE)  # the numbers beside them may hold any digits
    for secret in (
        GOOD_CARD,
        GOOD_CARD[:6],
        GOOD_CARD[-4:],
        "Ali",
        "Veli",
        "127.0.0.1",
        str(shop.bills[0].number),
    ):
        assert secret not in names, secret


def test_all_processes_of_a_machine_are_in_one_answer(tmp_path):
    """Two web processes and a command, which has ended."""
    token, folder = tmp_path / "token", tmp_path / "metrics"
    token.write_text(TOKEN)
    own = {"METRICS_TOKEN_FILE": str(token), "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    program = "import django; django.setup(); from config.kit.lib.measures import BANK_CALLS as calls; "
    program += "calls.labels('7', 'sale', 'approved', 'none').inc()"
    with copied_database() as database, web_server(database, WEB_WORKERS="2", **own) as url:
        environment = {
            **os.environ,
            **own,
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        command = [sys.executable, "-W", "ignore", "-c", program]
        for _ in range(2):
            subprocess.run(command, cwd=Path(__file__).parents[3], env=environment, check=True)
        with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}) as prometheus:
            for _ in range(6):
                assert httpx.get(f"{url}/admin/login/").status_code == 200
            answer = prometheus.get(f"{url}/metrics").text
    assert (
        'payments_bank_calls_total{operation="sale",outcome="approved",pos="7",reason="none"} 2.0' in answer
    )
    assert 'payments_requests_total{area="admin",status="2xx"} 6.0' in answer
    assert 'payments_database_pool{state="pool_size"}' in answer


def test_the_page_shows_the_same_and_says_what_needs_somebody(db, finn, browser):
    page = browser(finn).get(reverse("billing_admin:health")).content.decode()
    assert "1 of these need somebody." in page  # no worker
    assert "Workers that are alive" in page
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    well = browser(finn).get(reverse("billing_admin:health"))
    assert "All is well." in well.content.decode(), [
        row for row in well.context["rows"] if any(cell["is_bad"] for cell in row["cells"])
    ]


def test_the_page_is_for_those_who_see_payments_of_all_channels(db, finn, channel, browser):
    address = reverse("billing_admin:health")
    assert browser(UserFactory()).get(address).status_code == 403
    assert address in browser(finn).get(reverse("admin:index")).content.decode()
    Access.objects.create(user=finn, channels=[channel.pk])
    assert browser(finn).get(address).status_code == 403
    assert address not in browser(finn).get(reverse("admin:index")).content.decode()


def test_a_pools_gauge_is_of_processes_that_live():
    assert POOL._multiprocess_mode == "livesum"
