"""A production that is not safe does not start, whatever starts it."""

import base64
import hashlib
import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks import Error, Warning

from config.process import checks

PROJECT = Path(__file__).resolve().parents[3]
SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "0123456789" * 6,
    "ENCRYPTION_KEYS": base64.urlsafe_b64encode(hashlib.sha256(b"of the tests").digest()).decode(),
    "ALLOWED_HOSTS": "pay.example",
    "PUBLIC_URL": "https://pay.example",
    "DATABASE_URL": "postgresql://nobody@localhost:1/nothing",
}


def start_web(var_dir, **environment: str) -> subprocess.CompletedProcess[str]:
    """Load the application as the web server does: no database is asked for."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import config.wsgi"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir), **environment},
        capture_output=True,
        text=True,
    )


def complaints(monkeypatch, environment: dict[str, str], check=checks.check_production) -> str:
    """What the settings of this environment, or the checks of them, complain of: then a process does not start."""
    for name in (*SAFE, *(f"{name}_FILE" for name in SAFE)):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    try:
        values = runpy.run_path(str(PROJECT / "config/settings.py"))
    except Exception as error:  # whatever it is, it names the setting
        return str(error)
    monkeypatch.setattr(checks, "settings", SimpleNamespace(**{"SECURE_PROXY_SSL_HEADER": None} | values))
    found = check()
    kind = Error if check is checks.check_production else Warning
    assert all(isinstance(message, kind) for message in found)
    return " ".join(f"{message.id} {message.msg}" for message in found)


def test_a_safe_production_starts(tmp_path):
    result = start_web(tmp_path, **SAFE)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("change", [{"SECRET_KEY": ""}, {"SECRET_KEY": "short"}], ids=["setting", "check"])
def test_an_unsafe_one_does_not(change, tmp_path):
    """The web server is stopped by the settings and by the checks alike; the next test has what each of them finds."""
    result = start_web(tmp_path, **{**SAFE, **change})
    assert result.returncode != 0
    assert ("config.E002" if change["SECRET_KEY"] else "SECRET_KEY") in result.stderr


def test_nothing_is_found_in_a_safe_production(monkeypatch):
    assert complaints(monkeypatch, SAFE) == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT"),
        ({"ENVIRONMENT": "Production"}, "ENVIRONMENT"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "config.E002"),
        ({"ALLOWED_HOSTS": "pay.example,*"}, "config.E003"),
        ({"ALLOWED_HOSTS": ""}, "config.E004"),
        ({"ENCRYPTION_KEYS": ""}, "config.E005"),
        ({"ENCRYPTION_KEYS": "nonsense"}, "config.E005"),
        ({"DEBUG": "1"}, "config.E001"),
        ({"GATEWAY_HOSTS_ALLOWED": "*"}, "config.E010"),
        ({"PUBLIC_URL": "http://pay.example"}, "config.E006"),
        ({"PUBLIC_URL": "https://localhost"}, "config.E006"),
        ({"PUBLIC_URL": "https://other.example"}, "config.E007"),
        ({"BEHIND_TLS_PROXY": "1"}, "config.E008"),
        ({"ENVIRONMENT": "development"}, "config.E009"),
        ({"DATABASE_URL": "sqlite:///x"}, "PostgreSQL"),
        ({"SECRET_KEY": "ab" * 30}, "config.E011"),
        ({"SECRET_KEY": "django-insecure-" + "0123456789" * 6}, "config.E011"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "config.E002"),
        ({"SECRET_KEY_FALLBACKS": SAFE["SECRET_KEY"]}, "config.E012"),
        ({"ENCRYPTION_KEYS": f"{SAFE['ENCRYPTION_KEYS']},{SAFE['ENCRYPTION_KEYS']}"}, "config.E013"),
        ({"ENCRYPTION_KEYS": "A" * 43 + "="}, "config.E013"),
        ({"SECURE_SSL_REDIRECT": "0"}, "config.E014"),
        ({"SECURE_HSTS_SECONDS": "0"}, "config.E015"),
        ({"SECURE_HSTS_SECONDS": "3600"}, "config.E015"),
        ({"LOG_LEVEL": "DEBUG"}, "config.E016"),
        ({"LOGO_HOSTS": "*"}, "config.E017"),
        ({"HUB_ALLOW_PRIVATE_CALLBACKS": "1"}, "config.E018"),
        ({"NUM_PROXIES": "1"}, "config.E019"),
        ({"DATABASE_URL": "postgresql://nobody@db.example/nothing"}, "config.E020"),
        ({"DATABASE_URL": "postgresql://nobody@10.0.0.1/nothing?sslmode=prefer"}, "config.E020"),
        (
            {"OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "s"},
            "config.E021",
        ),
        ({"DATABASE_APP_ROLE": ""}, "config.E022"),
        ({"CORS_ALLOWED_ORIGINS": "http://shop.example"}, "config.E023"),
        ({"CORS_ALLOWED_ORIGINS": "null"}, "config.E023"),
        ({"CSRF_TRUSTED_ORIGINS": "https://*.example"}, "config.E023"),
        ({"SESSION_IDLE_SECONDS": "901"}, "SESSION_IDLE_SECONDS"),
        ({"SESSION_SECONDS": "86400"}, "SESSION_SECONDS"),
        ({"LOGIN_FAILURES": "11"}, "LOGIN_FAILURES"),
        ({"LOGIN_FAILURES": "0"}, "LOGIN_FAILURES"),
        ({"LOGIN_FAILURES_OF_ACCOUNT": "0"}, "LOGIN_FAILURES_OF_ACCOUNT"),
        ({"LOGIN_FAILURES_OF_ADDRESS": "100000"}, "LOGIN_FAILURES_OF_ADDRESS"),
        ({"LOGIN_LOCK_SECONDS": "60"}, "LOGIN_LOCK_SECONDS"),
        ({"SECOND_FACTOR_FRESH_SECONDS": "86400"}, "SECOND_FACTOR_FRESH_SECONDS"),
        ({"UNUSED_ACCOUNT_DAYS": "0"}, "UNUSED_ACCOUNT_DAYS"),
        ({"API_TOKEN_DAYS": "3650"}, "API_TOKEN_DAYS"),
        ({"OAUTH_TOKEN_SECONDS": "31536000"}, "OAUTH_TOKEN_SECONDS"),
        ({"THREE_D_TOKEN_DAYS": "3650"}, "THREE_D_TOKEN_DAYS"),
        ({"MAX_BODY_BYTES": "1000000000"}, "MAX_BODY_BYTES"),
        ({"GATEWAY_TIMEOUT_SECONDS": "0"}, "GATEWAY_TIMEOUT_SECONDS"),
        ({"VAULT_KEEP_EXPIRED_DAYS": "3650"}, "VAULT_KEEP_EXPIRED_DAYS"),
    ],
    ids=lambda value: str(value),
)
def test_an_unsafe_production_is_found(change, complaint, monkeypatch):
    assert complaint in complaints(monkeypatch, {**SAFE, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"DATABASE_URL": "postgresql://nobody@db.example/nothing?sslmode=verify-full"},
        {"DATABASE_URL": "postgresql://nobody@/nothing?host=/var/run/postgresql"},
        {"BEHIND_TLS_PROXY": "1", "NUM_PROXIES": "1"},
        {"CORS_ALLOWED_ORIGINS": "https://shop.example", "CSRF_TRUSTED_ORIGINS": "https://pay.example"},
        {"SECRET_KEY_FALLBACKS": "9876543210" * 6},
        {"SESSION_IDLE_SECONDS": "300", "UNUSED_ACCOUNT_DAYS": "30"},
    ],
    ids=str,
)
def test_a_safe_change_is_let_be(change, monkeypatch):
    assert complaints(monkeypatch, {**SAFE, **change}) == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"SECOND_PERSON_FOR_CONFIGURATION": "0"}, "config.W001"),
        ({"SECOND_FACTOR_REQUIRED": "0"}, "config.W004"),
        ({"DATABASE_URL": "postgresql://nobody@db.example/nothing?sslmode=require"}, "config.W002"),
        ({}, "config.W003"),
    ],
    ids=str,
)
def test_what_weakens_a_control_is_told_at_deployment(change, complaint, monkeypatch):
    assert complaint in complaints(monkeypatch, {**SAFE, **change}, checks.check_advice)


def test_a_deployment_without_a_warning(tmp_path):
    """Also of Django's own checks and those of the libraries."""
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "AUDIT_ANCHOR_SYSLOG": "logs.example",
        **SAFE,
    }
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr


def test_cookies_of_a_production_are_of_this_host_alone(monkeypatch):
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    values = runpy.run_path(str(PROJECT / "config/settings.py"))
    for cookie in ("SESSION", "CSRF"):
        assert values[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert values[f"{cookie}_COOKIE_SECURE"] is True
        assert values.get(f"{cookie}_COOKIE_DOMAIN") is None


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEYS", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_a_production_guesses_nothing(name, monkeypatch):
    assert name in complaints(monkeypatch, {key: value for key, value in SAFE.items() if key != name})


def test_values_may_lie_in_files_that_end_in_a_line_break(tmp_path):
    given = {}
    for name, value in SAFE.items():
        (tmp_path / name).write_text(value + "\n")
        given[f"{name}_FILE"] = str(tmp_path / name)
    result = start_web(tmp_path, **given)
    assert result.returncode == 0, result.stderr
