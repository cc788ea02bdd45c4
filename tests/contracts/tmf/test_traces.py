"""One trace from the request through the call of the bank to the event, at a collector of our own."""

import pytest

from billing.models import PaymentAttempt
from billing.timeline import get_timeline
from config.kit.lib import tracing
from tests.contracts.tmf.conftest import PLAIN, make_telco, telco_client
from tests.contracts.tmf.test_hub import pay, register, send
from tests.support.collector import collecting
from tests.support.listener import listening


@pytest.fixture
def telco(transactional_db, settings):
    settings.HUB_ALLOW_PRIVATE_CALLBACKS = True
    return make_telco()


@pytest.fixture
def collector(monkeypatch):
    with collecting() as server:
        monkeypatch.setenv(tracing.ENDPOINT, server.url)
        tracing._provider.cache_clear()
        yield server
        tracing._provider().shutdown()
        tracing._provider.cache_clear()


def test_request_bank_and_event_are_one_trace(telco, collector):
    client = telco_client()
    with listening() as listener:
        registered = register(client, listener.url())
        pay(client, telco)
        send(registered)
        tracing.flush()
        assert len(listener.events()) == 2
    payment = PaymentAttempt.objects.get(operation="sale").payment
    [bank] = [span for span in collector.spans() if span.name == "bank call"]
    of_payment = [span for span in collector.spans() if span.trace == bank.trace]
    [request] = [span for span in of_payment if span.name == "request"]
    events = [span for span in of_payment if span.name == "event"]
    assert request.parent == ""
    assert bank.parent == request.key
    assert {span.parent for span in events} == {request.key}
    assert request.attributes["status"] == 201
    assert (bank.attributes["operation"], bank.attributes["outcome"]) == ("sale", "approved")
    assert {span.attributes["status"] for span in events} == {204}
    assert events
    assert all("trace" not in entry.details for entry in get_timeline(payment))


def test_no_card_and_nobody_is_in_it(telco, collector):
    client = telco_client()
    pay(client, telco)
    client.get(f"{PLAIN}/payment/4111111111111111?description=Ali")
    tracing.flush()
    sent = b"".join(collector.bodies)
    assert b"bank call" in sent
    card = str(telco.sample(10))
    for secret in ("4111111111111111", "411111", "Ali", "Veli"):
        assert secret.encode() not in sent, (secret, card)


def test_an_error_is_named_without_its_text(collector):
    with pytest.raises(ValueError, match="4111"), tracing.span("work"):
        raise ValueError("4111111111111111")
    tracing.flush()
    [span] = collector.spans()
    assert span.attributes == {"error.type": "ValueError"}
    assert b"4111" not in b"".join(collector.bodies)


def test_without_a_collector_nothing_is_kept(telco):
    pay(telco_client(), telco)
    assert not tracing.is_on()
    assert "trace" not in PaymentAttempt.objects.get(operation="sale").details
