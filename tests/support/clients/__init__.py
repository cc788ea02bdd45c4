"""Clients that are generated from our OpenAPI documents."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from config.api_documents import document_of
from config.kit.api.documents import at_host
from tests.support.node import install_packages

HERE = Path(__file__).parent


def write_documents(folder: Path, names: Iterable[str], host: str) -> None:
    """`<name>.json` for each."""
    for name in names:
        (folder / f"{name}.json").write_text(json.dumps(at_host(document_of(name), host)))


def generate_python(folder: Path, name: str) -> str:
    """A package `client_<name>` in `folder`. Returns what the generator complained about."""
    config = folder / "config.yml"
    config.write_text("post_hooks: []\n")
    command = [
        sys.executable, "-m", "openapi_python_client", "generate", "--overwrite", "--meta", "none",
        "--path", f"{name}.json", "--output-path", f"client_{name}", "--config", "config.yml",
    ]  # fmt: skip
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return (made.stdout + made.stderr).replace(f"Generating client_{name}", "").strip()


def install_typescript() -> Path | None:
    return install_packages(HERE, "clients")


def generate_typescript(folder: Path, name: str) -> None:
    """`<name>.d.ts` of `<name>.json`."""
    _run(folder, "node_modules/.bin/openapi-typescript", f"{name}.json", "-o", f"{name}.d.ts")


def compile_typescript(folder: Path) -> None:
    """`use.ts`, which calls everything, with all checks. Raises AssertionError with the compiler's words."""
    options = "--strict --target es2022 --module nodenext --moduleResolution nodenext --skipLibCheck --noEmitOnError"
    _run(folder, "node_modules/.bin/tsc", *options.split(), "use.ts")


def run_typescript(folder: Path, told: object) -> dict[str, int]:
    """The statuses that `use.ts` met, by operation."""
    return json.loads(_run(folder, "node", "use.js", json.dumps(told)))


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
