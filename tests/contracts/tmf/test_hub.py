"""The hub: what happens to payments and refunds is heard by whoever asked, on a real listener."""

import asyncio
import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.hub import deliveries, outbox, subscriptions, tasks
from billing.models import Delivery, DeliveryState, Event, EventSubscription, Payment
from tests.contracts.tmf.conftest import BRM, PLAIN, make_telco, rows, telco_client
from tests.support.listener import listening


@pytest.fixture
def telco(transactional_db, settings):
    settings.HUB_ALLOW_PRIVATE_CALLBACKS = True
    settings.HUB_TIMEOUT_SECONDS = 0.5
    return make_telco()


@pytest.fixture
def client(telco):
    return telco_client()


@pytest.fixture
def listener():
    with listening() as server:
        yield server


def register(client, callback, query="", base=PLAIN):
    answer = client.post(f"{base}/hub", {"callback": callback, "query": query})
    assert answer.status_code == 201, answer.content
    return answer.json()


def pay(client, telco, value=10, base=PLAIN, **change):
    return rows(client.post(f"{base}/payment", telco.sample(value, **change)))


def run_apart(work):
    """In a thread of its own: where a browser was driven before, this one has a loop that never ends."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def send(*registered):
    """What workers do: deliver to all listeners side by side."""
    keys = [int(item["id"]) for item in registered] or subscriptions.find_due()

    async def run():
        await asyncio.gather(*(deliveries.deliver(key) for key in keys))

    run_apart(run())


def later(seconds=100_000):
    """Time goes by: what waits is due, who is paused may be tried."""
    ago = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(state=DeliveryState.WAITING).update(next_attempt_at=ago)
    EventSubscription.objects.update(paused_until=None)


def test_a_listener_hears_of_a_payment_and_its_refund(client, telco, listener):
    register(client, listener.url(), base=BRM)
    paid = pay(client, telco, base=BRM, correlatorId="c-1")
    client.post(f"{BRM}/refund", telco.sample(4, payment={"id": paid["id"]}))
    send()
    heard = listener.events()
    types = [event["eventType"] for event in heard]
    assert types[:3] == ["PaymentCreateEvent", "PaymentStateChangeEvent", "RefundCreateEvent"]
    assert sorted(types[3:]) == ["PaymentAttributeValueChangeEvent", "RefundStateChangeEvent"]
    assert [event["event"]["payment"]["status"] for event in heard[:2]] == [
        "pendingAuthorization",
        "captured",
    ]
    assert heard[2]["event"]["refund"]["status"] == "authorized"
    assert heard[0]["correlationId"] == "c-1"
    assert heard[1]["event"]["payment"]["href"].endswith(f"{BRM}/payment/{paid['id']}")
    assert len({event["eventId"] for event in heard}) == 5
    assert all(event["eventTime"] == event["timeOcurred"] for event in heard)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_every_event_is_signed(client, telco, listener):
    secret = register(client, listener.url())["secret"]
    pay(client, telco)
    send()
    assert len(listener.heard) == 2
    for _path, headers, body in listener.heard:
        expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={expected}"


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("eventType=PaymentStateChangeEvent", ["PaymentStateChangeEvent"]),
        ("eventType=RefundCreateEvent,PaymentCreateEvent", ["PaymentCreateEvent"]),
        ("event.payment.status=captured", ["PaymentStateChangeEvent"]),
        ("payment.status=captured&payment.totalAmount.value.gt=9.99", ["PaymentStateChangeEvent"]),
        ("payment.totalAmount.value.gt=10", []),
        ("refund.status=done", []),
    ],
)
def test_a_query_chooses(client, telco, listener, query, types):
    register(client, listener.url(), query)
    pay(client, telco)
    send()
    assert [event["eventType"] for event in listener.events()] == types
    assert not Delivery.objects.filter(state="waiting").exists()


def test_a_host_that_turns_private_is_not_called(client, telco, listener, settings):
    registered = register(client, listener.url())
    pay(client, telco)
    settings.HUB_ALLOW_PRIVATE_CALLBACKS = False
    send(registered)
    assert listener.heard == []
    assert "private address" in Delivery.objects.filter(attempts=1).get().last_error


def test_unregistering_ends_it(client, telco, listener):
    registered = register(client, listener.url())
    other = telco_client("other")
    assert other.delete(f"{PLAIN}/hub/{registered['id']}").status_code == 404
    answer = client.delete(f"{PLAIN}/hub/{registered['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.delete(f"{PLAIN}/hub/{registered['id']}").status_code == 404
    pay(client, telco)
    assert not Event.objects.exists()


def test_an_event_is_written_in_the_transaction_of_the_change_or_not_at_all(client, telco, listener):
    register(client, listener.url())
    shared = {"channel": telco.channel, "account": telco.account, "pos": telco.pos, "currency": "USD"}
    with transaction.atomic():
        Payment.objects.create(order_id="lost", amount=1, **shared)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    Payment.objects.create(order_id="kept", amount=1, **shared)
    assert Event.objects.get().after["order_id"] == "kept"
    Payment.objects.filter(order_id="kept").update(state="processing")  # whoever writes: also a shell
    assert Event.objects.count() == 2


def test_a_transaction_is_one_event_with_the_row_as_it_is_left(client, telco, listener):
    register(client, listener.url())
    client.post(f"{PLAIN}/payment", telco.cash(30, paymentItem=[telco.item(0, 30)]))
    send()
    heard = listener.events()
    assert [event["eventType"] for event in heard] == ["PaymentCreateEvent"]
    assert heard[0]["event"]["payment"]["status"] == "captured"


def test_money_put_to_a_bill_is_an_attribute_that_changed(client, telco, listener):
    paid = rows(client.post(f"{PLAIN}/payment", telco.cash(30)))
    register(client, listener.url())
    share = {"id": "848081", "allocatedAmount": {"unit": "USD", "value": 30}}
    client.post(f"{PLAIN}/paymentAllocation", {"paymentId": paid["id"], "bill": [share]})
    send()
    event = listener.events()[0]
    assert (event["eventType"], event["fieldPath"]) == ("PaymentAttributeValueChangeEvent", "paymentItem")


@pytest.mark.parametrize("path", ["/fail", "/hang", "/drip", "/away"])
def test_what_is_not_taken_is_sent_again_with_growing_delays(client, telco, listener, settings, path):
    settings.HUB_DELAYS = [10, 100]
    registered = register(client, listener.url(path), "eventType=PaymentCreateEvent")
    pay(client, telco)
    waits = []
    for _ in range(3):
        send(registered)
        first = Delivery.objects.earliest("pk")
        if first.next_attempt_at is None:
            break
        waits.append(round((first.next_attempt_at - timezone.now()).total_seconds() / 10))
        later()
    assert waits == [1, 10]
    assert (first.state, first.attempts) == ("dead", 3)
    assert len({event["eventId"] for event in listener.events(path)}) == 1
    assert listener.events("/secret") == []  # nobody was sent away
    health = EventSubscription.objects.get()
    assert health.failures == 3
    assert health.failing_since is not None
    assert health.last_error


def test_a_dead_letter_is_kept_and_can_be_sent_again(client, telco, listener, settings):
    settings.HUB_DELAYS = [1]
    registered = register(client, listener.url(), "eventType=PaymentCreateEvent")
    listener.status = 500
    pay(client, telco)
    for _ in range(2):
        send(registered)
        later()
    dead = Delivery.objects.get(state="dead")
    listener.status = 200
    outbox.replay([dead.pk])
    send(registered)
    dead.refresh_from_db()
    assert dead.state == "delivered"
    assert len(listener.events()) == 3
    health = EventSubscription.objects.get()
    assert (health.failures, health.failing_since, health.last_error) == (0, None, "")


def test_one_that_hangs_delays_nobody_else(client, telco, listener, settings):
    settings.HUB_TIMEOUT_SECONDS = 60
    slow = [register(client, listener.url("/hang")) for _ in range(20)]
    quick = register(client, listener.url())
    pay(client, telco)
    listener.hang_seconds = 60

    async def run():
        hanging = [asyncio.create_task(deliveries.deliver(int(item["id"]))) for item in slow]
        while len(listener.events("/hang")) < len(slow):
            await asyncio.sleep(0.01)
        await deliveries.deliver(int(quick["id"]))
        heard_meanwhile = len(listener.events()), sum(task.done() for task in hanging)
        listener.hangs_until.set()
        await asyncio.gather(*hanging)
        return heard_meanwhile

    assert run_apart(run()) == (2, 0)
    assert (
        Delivery.objects.filter(state="waiting", attempts=1).count() == 20
    )  # each tried once, then left alone
    assert subscriptions.find_due() == []  # all of them paused


def test_a_slow_listener_is_served_for_a_turn_and_queues_again(
    client, telco, listener, settings, monkeypatch
):
    monkeypatch.setattr(deliveries, "TURN_SECONDS", 0.1)
    registered = register(client, listener.url())
    for _ in range(5):
        pay(client, telco, value=1)
    settings.HUB_TIMEOUT_SECONDS = 30
    listener.delay = 0.2
    assert run_apart(deliveries.deliver(int(registered["id"]))) == deliveries.SLOW_PAUSE
    assert len(listener.events()) == 1
    assert EventSubscription.objects.get().claimed_until is None
    listener.delay = 0
    monkeypatch.setattr(deliveries, "TURN_SECONDS", 30)
    send(registered)
    assert len(listener.events()) == 10


def test_a_client_has_few_jobs_at_a_time_however_many_listeners(client, telco, listener):
    ProcrastinateJob.objects.all()._raw_delete("default")
    for number in range(12):
        register(client, listener.url(f"/take?{number}"))
    pay(client, telco)
    locks = set(ProcrastinateJob.objects.filter(queue_name="hub").values_list("lock", flat=True))
    assert len(locks) == tasks.JOBS_PER_CLIENT


def test_later_events_of_an_object_wait_for_the_one_that_was_refused(client, telco, listener, settings):
    settings.HUB_DELAYS = [1000]
    registered = register(client, listener.url())
    first, other = pay(client, telco), pay(client, telco, value=1)
    listener.statuses = [503]
    send(registered)
    heard = [event["event"]["payment"]["id"] for event in listener.events()]
    assert heard == [
        first["id"],
        other["id"],
        other["id"],
    ]  # the first's capture did not overtake its creation
    later()
    send(registered)
    types = [
        event["eventType"]
        for event in listener.events()[3:]
        if event["event"]["payment"]["id"] == first["id"]
    ]
    assert types == ["PaymentCreateEvent", "PaymentStateChangeEvent"]
    numbers = [int(headers["X-Hub-Event-Number"]) for _path, headers, _body in listener.heard]
    assert numbers[3:] == sorted(numbers[3:])


def test_an_event_that_cannot_be_written_stops_nothing(client, telco, listener):
    registered = register(client, listener.url())
    pay(client, telco)
    poison = Event.objects.earliest("pk")
    Event.objects.filter(pk=poison.pk).update(after={"amount": "no number"})
    send(registered)
    assert [event["eventType"] for event in listener.events()] == ["PaymentStateChangeEvent"]
    assert Delivery.objects.get(event=poison).state == DeliveryState.DEAD


def test_who_unregisters_hears_nothing_more_in_the_same_turn(client, telco, listener):
    registered = register(client, listener.url())
    for _ in range(3):
        pay(client, telco, value=1)
    listener.on_event = lambda: subscriptions.unregister(
        int(registered["id"]), client=EventSubscription.objects.get().client
    )
    send(registered)
    assert len(listener.events()) == 1


def test_one_listener_is_served_by_one_worker(client, telco, listener):
    registered = register(client, listener.url())
    pay(client, telco)
    send(registered, registered, registered)
    assert len(listener.events()) == 2


def test_a_claim_that_was_left_behind_ends_by_itself(client, telco, listener):
    registered = register(client, listener.url())
    pay(client, telco)
    EventSubscription.objects.update(claimed_until=timezone.now() + timedelta(seconds=60))
    send(registered)
    assert listener.heard == []
    EventSubscription.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    send(registered)
    assert len(listener.events()) == 2


def test_workers_are_woken_after_the_commit(client, telco, listener):
    registered = register(client, listener.url())
    pay(client, telco)
    jobs = ProcrastinateJob.objects.filter(
        task_name=tasks.deliver_events.name, args={"subscription_id": int(registered["id"])}
    )
    assert jobs.get().queue_name == "hub"
    jobs._raw_delete("default")
    tasks.deliver_due_events.func(0)  # and each minute, should nobody have been woken
    assert jobs.count() == 1


@pytest.mark.parametrize(("path", "seconds"), [("/fail", 10), ("/take", None)])
def test_a_delivery_job_queues_the_next_one_while_something_waits(
    client, telco, listener, settings, path, seconds
):
    settings.HUB_DELAYS = [10, 100]
    registered = register(client, listener.url(path), "eventType=PaymentCreateEvent")
    pay(client, telco)
    ProcrastinateJob.objects.all()._raw_delete("default")
    run_apart(tasks.deliver_events.func(int(registered["id"])))
    waits = [
        round((at - timezone.now()).total_seconds())
        for at in ProcrastinateJob.objects.filter(task_name=tasks.deliver_events.name).values_list(
            "scheduled_at", flat=True
        )
    ]
    assert waits == ([] if seconds is None else [pytest.approx(seconds, abs=2)])


def test_what_was_delivered_is_forgotten_after_a_month_and_dead_letters_are_not(client, telco, listener):
    register(client, listener.url())
    pay(client, telco)
    send()
    old = timezone.now() - timedelta(days=40)
    Event.objects.update(occurred_at=old)
    first = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=first.pk).update(state="dead", finished_at=old)
    Delivery.objects.exclude(pk=first.pk).update(finished_at=old)
    tasks.purge()
    assert list(Delivery.objects.values_list("state", flat=True)) == ["dead"]
    assert Event.objects.count() == 1


def test_nothing_is_written_while_nobody_listens(client, telco):
    pay(client, telco)
    assert not Event.objects.exists()
