"""The running program with demo data, and the credentials that `manage.py sandbox` prints."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.database import copied_database
from tests.support.web_server import ROOT, web_server

Credentials = dict[str, dict[str, Any]]


@contextmanager
def running_sandbox(**environment: str) -> Iterator[tuple[str, Credentials]]:
    """Yields the program's URL and the credentials by contract."""
    settings = {"VELOCITY_PER_CARD": "0", "VELOCITY_PER_ADDRESS": "0", **environment}
    with copied_database() as database, web_server(database, WEB_WORKERS="1", **settings) as url:
        command = [sys.executable, "manage.py", "sandbox", "--json"]
        own = {**os.environ, "DATABASE_URL": database, "PUBLIC_URL": url}
        printed = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True)
        yield url, json.loads(printed.stdout)
