"""Bytes → text in the encodings that operators' programs use. Anything else is refused."""

import codecs
import io
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol, cast

from config.kit.importing.errors import FileTooLargeError, FileUnreadableError

BLOCK = 64 * 1024  # bytes read at a time

_SIGNATURES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    codecs.BOM_UTF16_LE: "UTF-16 text",
    codecs.BOM_UTF16_BE: "UTF-16 text",
}


class Progress(Protocol):
    """How far an import is: bytes of the file done, of how many (None: not known), and the stage's name."""

    def __call__(self, bytes_done: int, bytes_total: int | None, stage: str) -> None: ...


class ReadableFile(Protocol):
    """A file that can be imported: an open file, an upload, standard input."""

    def read(self, size: int = -1, /) -> bytes: ...


class TextSource:
    """The text of a binary file in blocks, line ends as `\\n`.

    Looks through the file once, by blocks, before anything is read from it: UTF-8 (with or without BOM), else
    Windows-1254. Raises FileUnreadableError for what is no text and FileTooLargeError above `max_bytes`.
    """

    def __init__(self, file: ReadableFile, *, max_bytes: int, progress: Progress) -> None:
        self._progress = progress
        self._copy: BinaryIO | None = None
        seekable: Callable[[], bool] | None = getattr(file, "seekable", None)
        if seekable is None or not seekable():
            self._copy = file = _copied(file, max_bytes)
        self._file = cast(BinaryIO, file)
        try:
            self.encoding, self.size = _examine(self._file, max_bytes)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes what this object has opened, not the caller's file."""
        if self._copy is not None:
            self._copy.close()

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(self.encoding)(), translate=True)
        done = 0
        while data := self._file.read(BLOCK):
            done += len(data)
            yield decoder.decode(data)
            self._progress(done, self.size, "reading")
        yield decoder.decode(b"", final=True)


def _copied(file: ReadableFile, max_bytes: int) -> BinaryIO:
    """A stream that cannot be read twice is copied to a temporary file, at most one block above the limit."""
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 closed by `close`
    while (data := file.read(BLOCK)) and copy.tell() <= max_bytes:
        copy.write(data)
    return copy


def _examine(file: BinaryIO, max_bytes: int) -> tuple[str, int]:
    """Encoding and size in bytes."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8-sig", "cp1254")}
    size = 0
    file.seek(0)
    while data := file.read(BLOCK):
        _refuse_binary(data, first=size == 0)
        size += len(data)
        if size > max_bytes:
            raise FileTooLargeError(f"File is larger than {max_bytes} bytes.")
        decoders = {name: decoder for name, decoder in decoders.items() if _decodes(decoder, data)}
        if not decoders:
            raise FileUnreadableError("File is neither UTF-8 nor Windows-1254 text.")
    fits = [name for name, decoder in decoders.items() if _decodes(decoder, b"", final=True)]
    if not fits:
        raise FileUnreadableError("File is neither UTF-8 nor Windows-1254 text.")
    return fits[0], size


def _refuse_binary(data: bytes, *, first: bool) -> None:
    if first:
        for signature, what in _SIGNATURES.items():
            if data.startswith(signature):
                raise FileUnreadableError(f"File is {what}, not a CSV file; save it as CSV in UTF-8.")
    if b"\0" in data:
        raise FileUnreadableError("File is not a text file; save it as CSV in UTF-8.")


def _decodes(decoder: codecs.IncrementalDecoder, data: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(data, final)
    except UnicodeDecodeError:
        return False
    return True
