"""Bodies in chunks, as .NET's and curl's clients send them, through the application that the server loads."""

import io
import json

import pytest
from django.test import RequestFactory

from config.process import chunked
from config.process.chunked import ChunkedBodies
from tests.vault.conftest import PATH, SAMPLE, make_shop


def send(body: bytes, application, **environ) -> tuple[str, bytes]:
    request = RequestFactory().post(PATH, b"", content_type="application/json")
    full = {**request.environ, "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(body)}
    full |= {
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "",
        "wsgi.input_terminated": True,
        "SERVER_NAME": "localhost",
        **environ,
    }
    said = []
    parts = application(full, lambda status, headers: said.append(status))
    answer = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return said[0], answer


def echo(environ, start_response):
    start_response("200 OK", [])
    return [
        environ["CONTENT_LENGTH"].encode(),
        b" ",
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_card_is_saved_from_chunks():
    from config.wsgi import application

    shop = make_shop("Chunky")

    keys = {f"HTTP_{name.upper()}": value for name, value in shop.headers.items()}
    status, answer = send(json.dumps(SAMPLE).encode(), application, **keys)
    assert (status, json.loads(answer)["ErrorCode"]) == ("200 OK", 0)


def test_it_reads_to_the_end_and_says_how_long_it_was():
    assert send(b"x" * 100_000, ChunkedBodies(echo)) == ("200 OK", b"100000 " + b"x" * 100_000)
    assert send(b"", ChunkedBodies(echo)) == ("200 OK", b"0 ")


def test_a_large_body_is_read_too(monkeypatch):
    monkeypatch.setattr(chunked, "IN_MEMORY", 10)
    assert send(b"x" * 100_000, ChunkedBodies(echo))[1].startswith(b"100000 x")


def test_what_has_no_end_is_cut(settings, monkeypatch):
    monkeypatch.setattr(chunked, "OVERHEAD", 0)
    settings.IMPORT_MAX_BYTES = 1_000
    assert send(b"x" * 100_000, ChunkedBodies(echo))[1].startswith(b"1001 ")


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "3"}, {"wsgi.input_terminated": False}])
def test_other_bodies_are_left_alone(environ):
    status, answer = send(b"abc", ChunkedBodies(echo), **environ)
    assert answer.decode().strip() in ("3 abc", "")
