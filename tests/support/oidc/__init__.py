"""A certified OpenID provider (oidc-provider of npm) in a process of its own."""

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from tests.support.node import install_packages

HERE = Path(__file__).parent


def install() -> Path | None:
    return install_packages(HERE, "oidc")


@contextmanager
def provider(folder: Path, redirect_uri: str) -> Iterator[str]:
    """Yields its issuer."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["node", "provider.mjs", str(port), redirect_uri]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        assert any("ready" in line for line in process.stdout)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def set_groups(issuer: str, name: str, groups: list[str] | None) -> None:
    """None: the person is gone."""
    urlopen(
        Request(f"{issuer}/people/{name}", data=json.dumps(groups).encode(), method="POST"), timeout=5
    ).close()
