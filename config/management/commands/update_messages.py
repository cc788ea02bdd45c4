"""Collects and compiles the translations so that the diff shows changed texts only."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

IGNORED = ["tests/*", "var/*", ".venv/*"]


class Command(BaseCommand):
    help = "Update and compile the message catalogues under config/locale. Needs GNU gettext."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        for language in languages:
            call_command(
                "makemessages",
                locale=[language],
                ignore_patterns=list(IGNORED),
                add_location="file",
                no_obsolete=True,
                verbosity=0,
            )
            catalogue = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
            catalogue.write_text(without_date(catalogue.read_text()))
        call_command("compilemessages", locale=languages, ignore_patterns=list(IGNORED), verbosity=0)


def without_date(text: str) -> str:
    """A catalogue without its POT-Creation-Date, which would change on every run."""
    return re.sub(r'"POT-Creation-Date: [^"]*"\n', "", text, count=1)
