"""One measurement of the telco benchmark in a process of its own: `telco_ways WAY ROWS`. Prints JSON."""

import asyncio
import json
import os
import resource
import sys
import time
from statistics import median, quantiles
from typing import Any

import django

EVENTS = 2_000
PAGES = 60


def prepare(rows: int) -> dict[str, Any]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from billing.models import Payment
    from tests.contracts.tmf.conftest import PLAIN, make_telco, telco_client
    from tests.support.many import many_payments

    telco, client = make_telco(), telco_client("teller")
    sent = {"correlatorId": "c", "payer": {"id": "p", "@referredType": "x"}, "channel": {"id": "c"}}
    client.post(f"{PLAIN}/payment", telco.cash(30, paymentItem=[telco.item(0, 30)], **sent))
    many_payments(Payment.objects.get(), rows)
    return {}


def _client() -> Any:
    from django.contrib.auth import get_user_model

    from tests.conftest import client_of

    return client_of(get_user_model()._default_manager.get(username="teller"))


def pages(rows: int) -> dict[str, Any]:
    """List pages as a program walks through them, near and far, filtered and not: milliseconds."""
    client, taken, bare = _client(), [], []
    asked = ["", "&status=denied", "&account.id=N-77", "&sort=-paymentDate", "&totalAmount.value.gt=900"]
    client.get("/payment/v4/payment?limit=100")
    for number in range(PAGES):
        text = f"limit=100&offset={rows // PAGES * number if number % 5 in (0, 3) else 0}{asked[number % 5]}"
        start = time.perf_counter()
        response = client.get(f"/payment/v4/payment?{text}")
        assert response.status_code in (200, 206), response.content  # noqa: S101
        taken.append((time.perf_counter() - start) * 1000)
        bare.append(_bare_page(rows // PAGES * number))
    return {"p95": quantiles(taken, n=20)[-1], "median": median(taken), "bare": median(bare)}


def _bare_page(offset: int) -> float:
    """The baseline: count and a hundred rows by OFFSET, fetched and thrown away."""
    from django.db import connection

    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM billing_payment")
        cursor.execute("SELECT * FROM billing_payment ORDER BY id OFFSET %s LIMIT 100", [offset])
        cursor.fetchall()
    return (time.perf_counter() - start) * 1000


def stream(rows: int) -> dict[str, Any]:
    """The whole list, read to its end."""
    before = _peak()
    start = time.perf_counter()
    response = _client().get("/payment/v4/payment")
    size = sum(len(part) for part in response.streaming_content)
    return {
        "rate": int(response["X-Total-Count"]) / (time.perf_counter() - start),
        "bytes": size,
        "peak": _peak(),
        "before": before,
    }


def bare_stream(rows: int) -> dict[str, Any]:
    """The baseline: the ORM's objects of the same tables from the same kind of cursor, no documents."""
    from billing.contracts.tmf.tmf676.queries import PAYMENTS, with_items

    start, count = time.perf_counter(), 0
    for _row in with_items(PAYMENTS).order_by("pk").iterator(chunk_size=1_000):
        count += 1
    return {"rate": count / (time.perf_counter() - start)}


def deliver(rows: int) -> dict[str, Any]:
    """Events to one listener on this machine; the baseline posts the same bodies with nothing around it."""
    from django.conf import settings
    from django.db import connection

    from billing.hub import deliveries, shaping
    from billing.models import EventSubscription, Payment
    from config.kit.lib import http
    from tests.support.listener import listening

    settings.HUB_ALLOW_PRIVATE_CALLBACKS = True
    with listening() as listener:
        subscription = EventSubscription.objects.create(
            callback=listener.url(), base_path="payment/v4", secret="s", client="benchmark"
        )
        captured = Payment.objects.filter(state="captured").order_by("-pk")
        keys = list(captured.values_list("pk", flat=True)[:EVENTS])
        Payment.objects.filter(pk__in=keys).update(state="voided")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM billing_delivery WHERE state = 'waiting'")
            waiting = cursor.fetchone()[0]
        start = time.perf_counter()
        while asyncio.run(deliveries.deliver(subscription.pk)) is not None:
            pass
        rate = len(listener.heard) / (time.perf_counter() - start)
        bodies = [body for _path, _headers, body in listener.heard]

        async def bare() -> None:
            async with http.async_client() as client:
                for body in bodies:
                    message = shaping.Message("", body)
                    await deliveries.post(
                        client, subscription, deliveries.DueDelivery(0, 0, message, 0, (0, None))
                    )

        start = time.perf_counter()
        asyncio.run(bare())
        return {"rate": rate, "bare": len(bodies) / (time.perf_counter() - start), "events": waiting}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


WAYS = {"prepare": prepare, "pages": pages, "stream": stream, "bare stream": bare_stream, "deliver": deliver}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    json.dump(WAYS[sys.argv[1]](int(sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()
