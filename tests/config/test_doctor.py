"""`manage.py doctor` finds what is wrong, says what to do, and exits with 1."""

import io
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.db import connection

from config.process import doctor
from tests.support.factories import NESTPAY, PosFactory

CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}


@pytest.fixture
def worker(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


def look(*arguments: str) -> str:
    out = io.StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except CommandError as error:
        out.write(f"\nexit {error.returncode}: {error}")
    return out.getvalue()


def test_a_healthy_installation(worker):
    told = look("--offline")
    assert "exit" not in told, told
    for about in ("settings", "database", "migrations", "clock", "disk", "keys", "workers"):
        assert f"ok    {about}: " in told, told


def test_a_worker_that_is_gone(db):
    told = look("--offline")
    assert "BAD   workers: 0 alive" in told
    assert "Start `manage.py procrastinate worker`" in told
    assert "exit 1: 1 thing is wrong." in told


def test_a_key_that_was_taken_out_too_early(worker, settings):
    PosFactory(gateway=NESTPAY, config=CONFIG)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    told = look("--offline")
    assert "values are under the key" in told
    assert "Put that key back into ENCRYPTION_KEYS." in told


def test_a_folder_that_cannot_be_written(worker, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.VAR_DIR = tmp_path / "file" / "var"
    assert "BAD   disk: " in look("--offline")


def test_settings_that_would_not_start(worker, settings):
    settings.PRODUCTION, settings.DEBUG = True, True
    told = look("--offline")
    assert "BAD   settings: DEBUG must be off" in told


def test_the_bank_of_a_pos_is_tried(worker, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    PosFactory(gateway=NESTPAY, config=CONFIG, resource_url=f"https://127.0.0.1:{port}/fim/api")
    told = look()
    assert f"127.0.0.1, port {port}, is not reached" in told
    assert "firewall" in told


@contextmanager
def https_server(folder, *, days: int):
    """A TLS server on loopback whose certificate ends in `days`; its URL."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    with socket.create_server(("localhost", 0)) as listening:
        threading.Thread(target=_answer_once, args=(listening, context), daemon=True).start()
        yield f"https://localhost:{listening.getsockname()[1]}/"


def _answer_once(listening: socket.socket, context: ssl.SSLContext) -> None:
    plain, _address = listening.accept()
    try:
        context.wrap_socket(plain, server_side=True).close()
    except OSError:
        plain.close()


@pytest.mark.parametrize(("days", "advice"), [(5, "Have it renewed."), (200, "")])
def test_how_long_a_certificate_is_valid(tmp_path, monkeypatch, days, advice):
    with https_server(tmp_path, days=days) as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        found = doctor.examine_address("bank", url)
    assert found.text == f"localhost is reached, its certificate is valid for {days} days"
    assert (found.advice, found.is_fault) == (advice, False)


@pytest.mark.parametrize("days", [-1])
def test_a_certificate_that_has_expired(tmp_path, monkeypatch, days):
    with https_server(tmp_path, days=days) as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        found = doctor.examine_address("bank", url)
    assert "expired" in found.text
    assert found.is_fault
    assert found.advice
