"""Loading lists from files: one engine for the imports of every app."""

from config.kit.importing.report import Report, RowResult
from config.kit.importing.rows import Column
from config.kit.importing.text import Progress, ReadableFile

__all__ = ["Column", "Progress", "ReadableFile", "Report", "RowResult"]
