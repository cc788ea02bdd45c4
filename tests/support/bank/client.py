"""A test's side of the simulator: the process, its control, and a payer's browser without a browser."""

import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.support.bank.simulator import all_pans, simulators

ROOT = Path(__file__).resolve().parents[3]


class BankProcess:
    """The simulator in its own process on a free port. A context manager."""

    def __init__(self, seed: int = 0) -> None:
        command = [sys.executable, "-m", "tests.support.bank", "--port", "0", "--seed", str(seed)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.base_url = line.split()[-1] if line else ""
        if not self.base_url.startswith("http://127.0.0.1:"):
            raise RuntimeError("The bank simulator did not start.")

    def __enter__(self) -> "BankProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()

    def control(self, what: str, data: dict[str, Any] | None = None, method: str = "POST") -> Any:
        body = json.dumps(data or {}).encode() if method != "GET" else None
        request = urllib.request.Request(f"{self.base_url}/control/{what}", body, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.loads(response.read())

    def reset(self) -> None:
        self.control("reset")
        self.control("knobs")

    def settle(self) -> None:
        self.control("settle")

    def fault(self, kind: str, **how: Any) -> None:
        self.control("faults", {"kind": kind, **how})

    def panel(self, order_id: str, refund_minor: int | None = None) -> None:
        """A clerk at the bank's own panel voids the order, or refunds an amount of it."""
        self.control("panel", {"order_id": order_id, "refund_minor": refund_minor})

    def books(self) -> dict[str, dict[str, Any]]:
        """The bank's orders by their id."""
        return {order["order_id"]: order for order in self.control("books", method="GET")}

    def calls(self, operation: str) -> list[dict[str, str]]:
        return [call for call in self.control("calls", method="GET") if call["operation"] == operation]


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.name, self.fields = "", "", {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.name = values["action"], values.get("name", "")
        if tag == "input" and values.get("name"):
            self.fields[values["name"]] = values.get("value", "")


def pay(
    action: str, inputs: dict[str, str], gateway: str, otp: str | None = None
) -> tuple[str, dict[str, str]]:
    """What a payer's browser does: post the form, answer the challenge, and bring the callback back unposted.

    Returns the shop's URL and the fields; an empty URL where the browser never comes back. `otp` None is
    right.
    """
    page = Page(_post(action, inputs))
    if page.name == "challenge":
        right = simulators()[gateway].one_time_password
        page = Page(_post(page.action, {"otp": right if otp is None else otp}))
    return page.action, page.fields


def _post(url: str, fields: dict[str, str]) -> str:
    data = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(url, data, timeout=30) as response:
        return response.read().decode("iso-8859-9")


def find_pans(text: str) -> list[str]:
    """The simulator's card numbers that stand in `text`: for logs, tables and pages after a run."""
    plain = text.replace(" ", "").replace("-", "")
    return [pan for pan in all_pans() if pan in plain]


def wait_until(ready: Any, seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.02)
    return False
