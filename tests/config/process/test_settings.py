"""A production that is not safe does not start, whatever starts it."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.checks import Error

from config.process import checks

PROJECT = Path(__file__).resolve().parents[3]
SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "0123456789" * 6,
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
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


def complaints(monkeypatch, environment: dict[str, str]) -> str:
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
    found = checks.check_production()
    assert all(isinstance(message, Error) for message in found)
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
    ],
    ids=lambda value: str(value),
)
def test_an_unsafe_production_is_found(change, complaint, monkeypatch):
    assert complaint in complaints(monkeypatch, {**SAFE, **change})


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
