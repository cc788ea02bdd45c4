"""Files between the dry run and its confirmation: below VAR_DIR, never in MEDIA, one folder for each user.

Tokens cannot be guessed and work only for the user who uploaded the file. A file is encrypted, deleted after use, and
after an hour if it is not used (payments.tasks): whatever an operator uploads by mistake lies nowhere in clear.
"""

import fcntl
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from config.kit.importing.errors import ImportRunningError
from config.kit.lib.errors import PreviewOutdatedError, RuleError
from config.kit.lib.sealed_file import in_parts, open_sealed, write_sealed

MAX_AGE_SECONDS = 60 * 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class StoredUpload:
    folder: Path

    @property
    def token(self) -> str:
        return self.folder.name

    @property
    def file(self) -> Path:
        return self.folder / "file"

    @property
    def rejects(self) -> Path:
        """Encrypted, too: the whole rows."""
        return self.folder / "rejects"

    @property
    def details(self) -> dict[str, Any]:
        """The kind of upload, the file's name, what was chosen (ids of channel, card and POS), and of a check that a
        confirmation is bound to the fingerprint `seen`.
        """
        return json.loads((self.folder / "details.json").read_text())

    @contextmanager
    def claim(self) -> Iterator[BinaryIO]:
        """The file, for one caller at a time: raises BlockingIOError for others, and FileNotFoundError once it is
        imported or refused. It is kept for another try if another import is running, or this one failed.
        """
        with open(self.folder / "claim", "a") as lock:  # a killed process's is released
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with _deleted_if_refused(self.file) as file:
                yield file
            self.file.unlink()

    def check(self) -> AbstractContextManager[BinaryIO]:
        """The file, for the dry run."""
        return _deleted_if_refused(self.file)

    def open_rejects(self) -> BinaryIO:
        return open_sealed(self.rejects)

    def keep_rejects(self, parts: Iterable[bytes]) -> None:
        """In place of those of the check before."""
        self.rejects.unlink(missing_ok=True)
        write_sealed(self.rejects, in_parts(parts))

    def keep(self, **more: Any) -> None:
        """Beside `details`."""
        (self.folder / "details.json").write_text(json.dumps({**self.details, **more}))


@contextmanager
def _deleted_if_refused(path: Path) -> Iterator[BinaryIO]:
    try:
        with open_sealed(path) as file:
            yield file
    except RuleError as error:
        if not isinstance(error, ImportRunningError | PreviewOutdatedError):
            path.unlink(missing_ok=True)
        raise


def store(user_id: int, file: UploadedFile, details: dict[str, Any]) -> StoredUpload:
    remove_old()
    stored = StoredUpload(_root() / str(user_id) / secrets.token_urlsafe(32))
    stored.folder.mkdir(parents=True, mode=0o700)
    write_sealed(stored.file, file.chunks())
    (stored.folder / "details.json").write_text(json.dumps(details))
    return stored


def find(user_id: int, token: str) -> StoredUpload | None:
    """The user's own upload; None if it is unknown, expired or another user's."""
    folder = _root() / str(user_id) / token
    if not _TOKEN.fullmatch(token) or not folder.is_dir() or _is_old(folder):
        return None
    return StoredUpload(folder)


def remove_old() -> None:
    for folder in _root().glob("*/*"):
        if _is_old(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > MAX_AGE_SECONDS
    except FileNotFoundError:
        return True


def _root() -> Path:
    root = Path(settings.VAR_DIR) / "uploads"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root
