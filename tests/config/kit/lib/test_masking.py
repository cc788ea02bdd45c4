"""Card numbers and secrets never reach a log, however they are dressed."""

import json
import logging

import pytest

from config.kit.lib.masking import is_secret_name, mask_data, mask_secret, mask_text
from config.process.observability import JsonFormatter, TextFormatter

PAN = "4355084355084358"


@pytest.mark.parametrize(
    "text",
    [
        PAN,
        f"card {PAN} declined",
        "4355 0843 5508 4358",
        "4355-0843-5508-4358",
        "4355.0843.5508.4358",
        "4355\u00a00843\u20075508\u202f4358",
        "4355\u200b0843\u200b5508\u200b4358",
        "4 3 5 5 0 8 4 3 5 5 0 8 4 3 5 8",
        "4355%200843%205508%204358",
        "4355+0843+5508+4358",
        "4355\\n0843\\n5508\\n4358",
        f"x{PAN}y",
        f"000{PAN}000",
        f"pan={PAN}&cv2=000",
        f'{{"number":{PAN}}}',
        "４３５５０８４３５５０８４３５８",
        "٤٣٥٥٠٨٤٣٥٥٠٨٤٣٥٨",
        "<Number>4355084355084358</Number>",
        "['4355', '0843', '5508', '4358']",
        "3782 822463 10005",
        "377599936020011",
    ],
)
def test_no_card_number_gets_past(text):
    import unicodedata

    masked = mask_text(text)
    digits = "".join(str(unicodedata.digit(c)) for c in masked if c.isdigit())
    for number in (PAN, "378282246310005", "377599936020011"):
        assert number not in digits
        assert number[4:-4] not in digits


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter22",
        "password: hunter22",
        "PASSWORD = 'hunter22'",
        '{"store_key": "hunter22"}',
        "{'store_key': 'hunter22'}",
        '{\\"password\\": \\"hunter22\\"}',
        "<Password>hunter22</Password>",
        "<ns:Cvv2Val a='b'>hunter22</ns:Cvv2Val>",
        "Authorization: Token hunter22",
        "Authorization: Bearer hunter22.hunter22",
        "apikeyprivate: hunter22",
        "cvc=hunter22",
        "https://user:hunter22@bank.example/",
        "postgresql://app:hunter22@db/payments",
        "clientSecret=hunter22",
        "SECRET_KEY=hunter22",
        "Cookie: sessionid=hunter22",
        "GatewayError(password='hunter22')",
        "b'password': b'hunter22'",
    ],
)
def test_no_named_secret_gets_past(text):
    assert "hunter22" not in mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T00:29:32.123456Z request 200 in 12.5 ms",
        "connect to 192.168.100.200:8000",
        "order 1234567890, 100.25 TRY",
        "8f14e45f-ceea-467f-a0e6-9c3b2d1f0a11",
        "the monkey passed the keyboard",
        "bin=411979",
    ],
)
def test_it_leaves_the_rest_readable(text):
    assert mask_text(text) == text


def test_data_is_masked_through_its_nesting():
    data = {
        "card": {"number": int(PAN), "list": [PAN, {"cvv": "123"}]},
        "auth": {"password": "x"},
        "count": 3,
    }
    masked = mask_data(data)
    assert masked == {
        "card": {"number": "435508******4358", "list": ["435508******4358", {"cvv": "********"}]},
        "auth": {"password": "********"},
        "count": 3,
    }


def test_a_masked_secret_shows_its_end_only_where_it_is_long_enough():
    assert mask_secret("111111") == "********11"
    assert mask_secret("12345") == "********"
    assert mask_secret("") == "********"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "storeKey",
        "API_KEY",
        "prov_password",
        "apiclientprivate",
        "cvv2",
        "refreshToken",
        "passwords",
        "merchantKey",
        "mac_key",
        "credentials",
    ],
)
def test_it_knows_secrets_by_name(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["monkey", "key_count", "keyboard", "passenger", "username", "merchant_id"])
def test_it_knows_what_is_no_secret(name):
    assert not is_secret_name(name)


@pytest.fixture(params=[JsonFormatter, TextFormatter])
def formatter(request):
    return request.param()


def record(message, *args, **extra):
    made = logging.getLogger("test").makeRecord("test", logging.INFO, __file__, 1, message, args, None)
    made.__dict__.update(extra)
    return made


def test_arguments_extras_and_tracebacks_are_masked(formatter):
    try:
        raise ValueError(f"bank said: {PAN} password=hunter22")
    except ValueError:
        import sys

        made = record("%s%s", PAN[:8], PAN[8:], path=f"/pay?pan={PAN}")
        made.exc_info = sys.exc_info()
    line = formatter.format(made)
    assert PAN not in line
    assert "hunter22" not in line
    assert line.count("435508******4358") >= 3


def test_a_line_is_one_json_object():
    line = JsonFormatter().format(record("two\nlines", number=int(PAN)))
    assert "\n" not in line
    body = json.loads(line)
    assert body["message"] == "two\nlines"
    assert body["number"] == "435508******4358"
    assert {"time", "level", "logger", "request_id"} <= set(body)
