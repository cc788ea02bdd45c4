"""The nightly search for card numbers at rest: each place with one is a case for a person."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from billing.attempts.cases import open_case_about
from config.kit.sweep import Finding, find_in_files, find_in_tables


def sweep(more: Iterable[Path] = ()) -> list[Finding]:
    """Look through all tables, through media, uploads and logs below VAR_DIR, and through `more` and SWEEP_PATHS."""
    found = [*find_in_tables(), *find_in_files([*own_files(), *map(Path, settings.SWEEP_PATHS), *more])]
    for finding in found:
        open_case_about(
            f"A card number is stored in {finding.place}. Remove it, and find out how it came there."
        )
    return found


def own_files() -> list[Path]:
    """Uploads are encrypted, but not the names of folders and the lists of refused rows."""
    var = Path(settings.VAR_DIR)
    folders = [Path(settings.MEDIA_ROOT), var / "uploads"]
    return [path for path in [*folders, *var.glob("*.log"), *var.glob("postgres/*.log")] if path.exists()]
