"""One bank hangs, behind a real web server: sixteen payers at it, and everybody else goes on."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
from django.db import connection

from billing.models import Payment
from tests.support.bank.client import BankProcess, wait_until
from tests.support.two_banks import HEALTHY, HUNG, make_two_banks
from tests.support.web_server import web_server

CALLS, WORKERS, CAP = 16, 2, 3
LIMITS_OFF = {f"VELOCITY_PER_{name}": "0" for name in ("BILL", "CARD", "ACCOUNT", "ADDRESS")}


def still_out(calls: list[Future[httpx.Response]]) -> int:
    return sum(not call.done() for call in calls)


def test_one_hung_bank_stops_nobody_else(transactional_db):
    with BankProcess(seed=3) as bank:
        shop = make_two_banks(bank, bills=CALLS + 2)
        bank.fault("delay_before", gateway=HUNG, operation="sale", seconds=60)
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
        with (
            web_server(
                database.geturl(),
                WEB_WORKERS=str(WORKERS),
                WEB_THREADS="8",
                GATEWAY_CALLS_PER_POS=str(CAP),
                GATEWAY_TIMEOUT_SECONDS="25",
                GATEWAY_BREAKER_FAILURES="3",
                **LIMITS_OFF,
            ) as url,
            httpx.Client(base_url=url, timeout=90, trust_env=False) as http,
            ThreadPoolExecutor(CALLS) as payers,
        ):

            def pay(name, bill):
                return http.post("/api/payment/add", json=shop.body(name, bill), headers=shop.headers)

            hung = [payers.submit(pay, HUNG, number) for number in shop.bills[:CALLS]]
            # Those beyond the cap of each process are answered at once; the others wait for the bank.
            assert wait_until(lambda: len(bank.calls("sale")) == still_out(hung) <= CAP * WORKERS, 20)
            in_flight = still_out(hung)
            assert in_flight >= CAP
            refused = {call.result().json()["error"] for call in hung if call.done()}
            assert refused == {"GatewayUnavailableException"}
            assert [http.get("/healthz").status_code for _ in range(10)] == [200] * 10
            answer = pay(HEALTHY, shop.bills[CALLS])
            assert (answer.status_code, answer.json()["status"]) == (200, "ok")
            assert still_out(hung) == in_flight  # all that was during the hang
            answers = [call.result() for call in hung]
            errors = [answer.json()["error"] for answer in answers]
            assert errors.count("PaymentUncertainException") == in_flight
            assert Payment.objects.count() == in_flight + 1  # nothing was written for the others

            # The breaker is open now: nobody else waits.
            assert pay(HUNG, shop.bills[CALLS + 1]).json()["error"] == "GatewayUnavailableException"
            assert len(bank.calls("sale")) == in_flight + 1
            assert Payment.objects.count() == in_flight + 1
