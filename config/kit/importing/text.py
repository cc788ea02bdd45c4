"""Bytes → text in the encodings that operators' programs use. Anything else is refused."""

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from config.kit.importing.errors import FileTooLargeError, FileUnreadableError

BLOCK = 64 * 1024  # bytes read at a time

_SIGNATURES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (XLS), or one with a password",
    b"\x1f\x8b": "a gzip archive",
    codecs.BOM_UTF16_LE: "UTF-16 text",
    codecs.BOM_UTF16_BE: "UTF-16 text",
}
# What programs save, or answer, in place of a list under its name: "XLS" files are often HTML.
_FORMS = {
    "an HTML page": re.compile(
        rb"<(?:!doctype\s+html|html|head|body|table|meta|div|script)\b", re.IGNORECASE
    ),
    "an XML document": re.compile(rb"<\?xml\b|<!doctype\b", re.IGNORECASE),
    "a JSON document": re.compile(rb"""\{\s*["}]|\[\s*[\["{\]]|\[\s*-?\d[\d.]*\s*[,\]]"""),
    "an RTF document": re.compile(rb"\{\\rtf"),
    "a PDF document": re.compile(rb"%PDF"),
    "a saved web page": re.compile(rb"MIME-Version:", re.IGNORECASE),
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

    separator = None

    def __init__(self, file: BinaryIO, *, max_bytes: int, progress: Progress) -> None:
        self._progress = progress
        self._file = file
        self.encoding, self.size = _examine(file, max_bytes)

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(self.encoding)(), translate=True)
        done = 0
        while data := self._file.read(BLOCK):
            done += len(data)
            yield decoder.decode(data)
            self._progress(done, self.size, "reading")
        yield decoder.decode(b"", final=True)


def not_a_list(what: str) -> FileUnreadableError:
    return FileUnreadableError(f"File is {what}, not a CSV file; save it as CSV in UTF-8.")


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
                raise not_a_list(what)
        start = data.removeprefix(codecs.BOM_UTF8).lstrip()
        for what, form in _FORMS.items():
            if form.match(start):
                raise not_a_list(what)
    if b"\0" in data:
        raise FileUnreadableError("File is not a text file; save it as CSV in UTF-8.")


def _decodes(decoder: codecs.IncrementalDecoder, data: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(data, final)
    except UnicodeDecodeError:
        return False
    return True
