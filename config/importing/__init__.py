"""Loading lists from files: one engine for the imports of every app."""

from config.importing.report import Report, RowResult
from config.importing.rows import Column
from config.importing.text import Progress, ReadableFile

__all__ = ["Column", "Progress", "ReadableFile", "Report", "RowResult"]
