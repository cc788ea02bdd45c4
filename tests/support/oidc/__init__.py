"""A certified OpenID provider (oidc-provider of npm) in a process of its own."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "provider.mjs")


def install() -> Path | None:
    """Where it is; None without node, or without a line to the registry on the first run."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    folder = Path(os.environ["VAR_DIR"]) / "oidc"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, folder)
    if not (folder / "node_modules" / "oidc-provider").exists():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=folder, capture_output=True, timeout=180).returncode:
            return None
    return folder


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
