"""A real Prometheus with our configuration scrapes a real web server, and answers every query of the dashboard."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests.deploy.test_monitoring import DEPLOY, queries
from tests.support.database import copied_database
from tests.support.web_server import web_server

PROMETHEUS = shutil.which("prometheus")
pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="it is missing: apt-get install prometheus")


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("prometheus")
    token, counted = folder / "token", folder / "counted"
    token.write_text("a token of the test")
    own = {"METRICS_TOKEN_FILE": str(token), "PROMETHEUS_MULTIPROC_DIR": str(counted), "WEB_WORKERS": "1"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with copied_database() as database, web_server(database, **own) as url:
        config = _config(folder, token, url.removeprefix("http://"))
        command = [PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
        process = subprocess.Popen([*command, f"--web.listen-address={address}"], stderr=subprocess.DEVNULL)
        try:
            with httpx.Client(base_url=f"http://{address}/api/v1", timeout=10) as client:
                _wait_for_scrapes(client)
                yield client
        finally:
            process.terminate()
            process.wait()


def _config(folder: Path, token: Path, target: str) -> Path:
    """That of deploy/, with the address and the token of the test."""
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    [job] = config["scrape_configs"]
    job["authorization"]["credentials_file"] = str(token)
    job["static_configs"] = [{"targets": [target]}]
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus" / name) for name in config["rule_files"]]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config))
    return file


def _wait_for_scrapes(client: httpx.Client) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if ask(client, "count_over_time(payments_database_up[1m]) > 2"):
                return
        except (httpx.TransportError, json.JSONDecodeError):
            pass
        time.sleep(0.5)
    raise AssertionError("Prometheus has scraped nothing.")


def ask(client: httpx.Client, query: str) -> list:
    answer = client.get("/query", params={"query": query}).json()
    assert answer["status"] == "success", (query, answer)
    return answer["data"]["result"]


def test_it_answers_every_query_of_the_dashboard(prometheus):
    for query in queries():
        ask(prometheus, query)
    [up] = ask(prometheus, "payments_database_up")
    assert up["value"][1] == "1"
    assert {row["metric"]["older_than"] for row in ask(prometheus, "payments_in_doubt")} == {
        "0m",
        "15m",
        "1h",
        "1d",
    }


def test_it_has_read_the_rules_and_knows_that_no_worker_runs(prometheus):
    rules = prometheus.get("/rules").json()["data"]["groups"][0]["rules"]
    assert {rule["health"] for rule in rules} <= {"ok", "unknown"}
    states = {rule["name"]: rule["state"] for rule in rules if rule["type"] == "alerting"}
    assert states["WorkerGone"] == "pending"
    assert states["PaymentInDoubt"] == "inactive"
