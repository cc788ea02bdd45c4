"""Keys of a development installation, generated once and readable by their owner only."""

import json
import os
from pathlib import Path


def development_keys(directory: Path) -> dict[str, str]:
    """`SECRET_KEY` and `ENCRYPTION_KEY` of this directory, generated on the first call."""
    path = directory / "development.json"
    try:
        return _read_keys(path)
    except FileNotFoundError:
        return _make_keys(path)


def _make_keys(path: Path) -> dict[str, str]:
    from cryptography.fernet import Fernet
    from django.core.management.utils import get_random_secret_key

    keys = {"SECRET_KEY": get_random_secret_key(), "ENCRYPTION_KEY": Fernet.generate_key().decode()}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(keys, file)
    try:
        os.link(draft, path)  # fails if another process was first; its keys are used
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read_keys(path)


def _read_keys(path: Path) -> dict[str, str]:
    keys: dict[str, str] = json.loads(path.read_text())
    return keys
