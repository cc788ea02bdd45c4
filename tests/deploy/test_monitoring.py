"""Alert rules and the dashboard name what `/metrics` has."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from billing.admin.health import SHOWN
from config.kit.lib import measures
from config.kit.readings import read_all

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
RULES = (DEPLOY / "prometheus" / "alerts.yml").read_text()
PROMTOOL = shutil.which("promtool")


def metrics() -> set[str]:
    """All names that a query may have."""
    names = {reading.name for reading in read_all()} | {"payments_database_up"}
    for metric in vars(measures).values():
        if isinstance(metric, Counter):
            names.add(f"{metric._name}_total")
        elif isinstance(metric, Histogram):
            names |= {f"{metric._name}_{part}" for part in ("bucket", "count", "sum")}
        elif isinstance(metric, Gauge):
            names.add(metric._name)
    return names


def queries() -> list[str]:
    board = json.loads((DEPLOY / "grafana" / "payments.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def test_every_metric_of_the_dashboard_and_the_alerts_exists(db):
    named = set(re.findall(r"\bpayments_[a-z_]+\b", "\n".join([*queries(), RULES])))
    assert named
    assert named - metrics() == set()


def test_every_metric_is_on_the_dashboard(db):
    shown = "\n".join(queries())
    counted = {metric._name for metric in vars(measures).values() if isinstance(metric, MetricWrapperBase)}
    assert {name for name in counted | {reading.name for reading in read_all()} if name not in shown} == set()


def test_the_page_and_the_alerts_have_the_same_limits(db):
    for name, shown in SHOWN.items():
        if shown.most is not None and name in RULES:
            limit = f"{shown.most:g}"
            assert re.search(rf"{name}(\{{[^}}]*\}})? (> {limit}|== {int(shown.most) + 1})\b", RULES), name


def test_every_alert_has_a_page_in_the_handbook():
    handbook = (DEPLOY.parent / "docs" / "operations.md").read_text()
    headings = re.findall(r"^#+ (.+)$", handbook, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    runbooks = set(re.findall(r"runbook: docs/operations\.md#(\S+)", RULES))
    assert runbooks - anchors == set()


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is missing: apt-get install prometheus")
@pytest.mark.parametrize(
    "arguments", [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]]
)
def test_the_rules_do_what_they_say(arguments):
    result = subprocess.run([PROMTOOL, *arguments], cwd=DEPLOY / "prometheus", capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is missing: apt-get install prometheus")
def test_every_query_of_the_dashboard_is_one(tmp_path):
    rules = [{"record": f"dashboard:{number}", "expr": query} for number, query in enumerate(queries())]
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    result = subprocess.run([PROMTOOL, "check", "rules", str(file)], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
