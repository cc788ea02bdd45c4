"""Callbacks that anybody can post to a known return address: none of them is an error of ours."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from billing.models import Callback
from billing.services.return_token import return_token_of
from billing.states import PaymentState
from tests.billing.test_banks import bank, charge, shop  # noqa: F401 the simulator

AMOUNTS = [
    "1E50",
    "9" * 40,
    "-1",
    "1e-50",
    "Infinity",
    "NaN",
    "0x10",
    "١٢٣",
    "1_000",
    "1" * 5000,
    "",
    " ",
    "12,50",
]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_that_no_bank_writes_changes_nothing(shop, client, amount):  # noqa: F811
    payment = charge(shop, three_d=True).payment
    fields = {
        "oid": payment.order_id, "amount": amount, "txnamount": amount, "currency": "949", "txncurrencycode": "949",
        "mdStatus": "1", "mdstatus": "1", "HASH": "x", "hash": "x", "status": "success", "paymentId": "1",
        "taksit": amount, "txninstallmentcount": amount,
    }  # fmt: skip
    url = reverse("three-d-return", args=[return_token_of(payment)])
    answer = client.generic("POST", url, urlencode(fields), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    payment.refresh_from_db()
    assert payment.state == PaymentState.PENDING_3D
    assert Callback.objects.latest("pk").verdict in ("forged", "mismatch", "unreadable")
