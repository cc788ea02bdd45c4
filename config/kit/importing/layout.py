from collections.abc import Sequence
from dataclasses import dataclass

from config.kit.importing.rows import Column, Mask


@dataclass(frozen=True)
class Layout:
    """What reads a file of one import a second time."""

    columns: Sequence[Column]
    header: bool
    mask: Mask
