"""A bank that is not available, and too many attempts: nothing is written, and the client may try again."""

from billing.attempts import breaker
from billing.models import Payment
from tests.contracts.tmf.conftest import PLAIN, telco_client


def test_an_open_breaker_is_503(telco, settings):
    settings.GATEWAY_BREAKER_FAILURES = 1
    breaker.count_failure(telco.pos.pk)
    answer = telco_client().post(f"{PLAIN}/payment", telco.sample())
    assert (answer.status_code, answer.json()["code"]) == (503, "payment_100_14")
    assert (answer.json()["reason"], answer.json()["@type"]) == ("GatewayUnavailable", "Error")
    assert not Payment.objects.exists()


def test_too_many_attempts_are_429(telco, settings):
    settings.VELOCITY_PER_CARD = 1
    client = telco_client()
    body = telco.sample("9990.12")  # dummypay refuses this amount
    assert client.post(f"{PLAIN}/payment", body).json()["status"] == "denied"
    answer = client.post(f"{PLAIN}/payment", body)
    assert (answer.status_code, answer.json()["code"]) == (429, "payment_100_15")
    assert Payment.objects.count() == 1
