"""Files that are encrypted on disk, a line for each part, so that reading needs memory for one part only.

A part is bound to its place in the file, and to the file's name in its two folders: those above may be moved.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from config.kit.lib.encryption import Place, seal, unseal

PART = 256 * 1024


def in_parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of at least PART, but the last."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= PART:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def write_sealed(path: Path, parts: Iterable[bytes]) -> None:
    """Write a new file. Raises FileExistsError."""
    pieces = (part[start : start + PART] for part in parts for start in range(0, len(part), PART))
    with open(path, "x") as target:
        for number, piece in enumerate(pieces):
            target.write(f"{seal(piece, _place(path, number))}\n")


def open_sealed(path: Path) -> BinaryIO:
    """The clear contents, to be read from the start; `seek(0)` starts again."""
    return cast(BinaryIO, io.BufferedReader(_Clear(path), PART))


def _place(path: Path, number: int) -> Place:
    return Place("file", "/".join(path.resolve().parts[-3:]), number)


class _Clear(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path, self._number = path, 0
        self._file = open(path, "rb")  # noqa: SIM115  closed by `close`
        self._rest = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if (offset, whence) != (0, io.SEEK_SET):
            raise io.UnsupportedOperation("only to the start")
        self._rest, self._number = b"", 0
        return self._file.seek(0)

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]  # the stubs' buffer type is private
        if not self._rest and (line := self._file.readline()):
            self._rest = unseal(line.rstrip(b"\n").decode("ascii"), _place(self._path, self._number))
            self._number += 1
        part, self._rest = self._rest[: len(target)], self._rest[len(target) :]
        target[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()
