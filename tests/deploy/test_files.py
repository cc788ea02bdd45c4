"""What lies below deploy/ fits the program."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from config.process.run import WORKERS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
ANALYZE = shutil.which("systemd-analyze")


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())["services"]


def test_every_setting_of_the_template_is_in_the_readme():
    template = (DEPLOY / "payments.env.example").read_text()
    names = re.findall(r"^#? ?([A-Z_]+)=", template, re.MULTILINE)
    known = set(re.findall(r"`([A-Z0-9_]+)`", (ROOT / "README.md").read_text()))
    assert names
    assert [name for name in names if not {name, name.removesuffix("_FILE")} & known] == []


def test_workers_do_as_many_jobs_at_a_time_as_with_make_run():
    for queue, count in WORKERS.items():
        drop_in = UNITS / f"payments-worker@{queue}.service.d" / "concurrency.conf"
        unit = drop_in if drop_in.exists() else UNITS / "payments-worker@.service"
        assert f"Environment=CONCURRENCY={count}\n" in unit.read_text()
        command = compose()[f"worker-{queue}"]["command"]
        assert command[command.index("--queues") + 1] == queue
        assert count == (
            int(command[command.index("--concurrency") + 1]) if "--concurrency" in command else 1
        )


def test_migrations_run_as_the_owner():
    """A unit's own Environment= would be overridden by the EnvironmentFile= of all units."""
    text = (UNITS / "payments-migrate.service").read_text()
    assert "ExecStart=/usr/bin/env DATABASE_URL_FILE=/etc/payments/owner-database-url " in text
    template = (DEPLOY / "payments.env.example").read_text()
    for file in UNITS.rglob("*"):
        if file.is_file():
            names = re.findall(r"^Environment=([A-Z_]+)=", file.read_text(), re.MULTILINE)
            assert [name for name in names if f"{name}=" in template] == [], file.name


def test_containers_are_read_only_and_nobody_in_particular():
    ours = {name: service for name, service in compose().items() if name != "database"}
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in ours.values())
    steps = (DEPLOY / "container" / "Containerfile").read_text()
    assert "USER 10001:10001" in steps.rpartition("FROM")[2]


def test_each_container_counts_by_itself():
    """Process numbers repeat between containers, and so would the files of what they count."""
    for name, service in compose().items():
        assert name == "database" or service["environment"]["METRICS_DIR"].startswith("/tmp/")


def test_nginx_passes_what_the_settings_expect():
    text = (DEPLOY / "nginx" / "payments.conf").read_text()
    assert "X-Forwarded-Proto $scheme" in text
    assert "X-Forwarded-For $remote_addr" in text  # what clients send as theirs is dropped: NUM_PROXIES=1
    assert re.search(r"location = /metrics \{ return 404; \}", text)


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is missing: apt-get install systemd")
@pytest.mark.parametrize(
    "unit", ["payments-web.service", "payments-worker@.service", "payments-migrate.service"]
)
def test_units_are_hardened(unit, tmp_path):
    """`systemd-analyze security`: 0 is best, 10 is open. Ours are at 1.2: they need the network."""
    file = tmp_path / unit.replace("@.", "@bank.")
    file.write_text((UNITS / unit).read_text() + (UNITS / "hardening.conf").read_text())
    command = [ANALYZE, "security", "--offline=yes", "--threshold=15", "--no-pager", str(file)]
    result = subprocess.run(command, capture_output=True, text=True)
    if "Unknown" in result.stderr or "unrecognized" in result.stderr:
        pytest.skip("this systemd-analyze does not read files: 250 or newer does")
    assert result.returncode == 0, result.stdout + result.stderr
