"""What an import reads: the text of a CSV file or of a workbook."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, cast

from config.kit.importing.text import BLOCK, Progress, ReadableFile, TextSource
from config.kit.importing.workbooks import ZIP, WorkbookSource


@contextmanager
def opened(
    file: ReadableFile, *, max_bytes: int, progress: Progress
) -> Iterator[TextSource | WorkbookSource]:
    """Does not close the caller's file. Raises FileUnreadableError and FileTooLargeError."""
    with ExitStack() as closing:
        seekable: Callable[[], bool] | None = getattr(file, "seekable", None)
        if seekable is None or not seekable():
            file = closing.enter_context(_copied(file, max_bytes))
        found = cast(BinaryIO, file)
        found.seek(0)
        if found.read(len(ZIP)) == ZIP:
            workbook = WorkbookSource(found, max_bytes=max_bytes, progress=progress)
            closing.callback(workbook.close)
            yield workbook
        else:
            yield TextSource(found, max_bytes=max_bytes, progress=progress)


def _copied(file: ReadableFile, max_bytes: int) -> BinaryIO:
    """A stream that cannot be read twice is copied to a temporary file, at most one block above the limit."""
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 closed by `opened`
    while (data := file.read(BLOCK)) and copy.tell() <= max_bytes:
        copy.write(data)
    return copy
