"""Base class of the key rotation commands: progress, interruption, missing keys."""

from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.keys.custody import remember
from config.kit.lib.encryption import newest_key_id
from config.kit.rotation import KeyMissingError, Rotation, rotations

INTERRUPTED = 130  # 128 + SIGINT, as shells report it


class RotationCommand(BaseCommand):
    """Every batch is committed, so the command can be interrupted and run again."""

    app_label: str | None = None
    """The app whose models are rotated; None for all."""

    def handle(self, *args: Any, **options: Any) -> None:
        remember()
        for rotation in rotations(self.app_label):
            try:
                self._rotate(rotation)
            except KeyMissingError as error:
                raise CommandError(
                    f"{error}: no key of ENCRYPTION_KEYS decrypts it. Nothing is lost: "
                    "add the missing key and run the command again."
                ) from None
            except KeyboardInterrupt:
                raise CommandError(
                    f"Stopped. {rotation.label}: {rotation.pending()} rows are left. Run the command again.",
                    returncode=INTERRUPTED,
                ) from None

    def _rotate(self, rotation: Rotation) -> None:
        done = 0
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(file=cast(IO[str], self.stderr))
        with Progress(*columns, console=console, disable=not self.stderr.isatty()) as bar:
            task = bar.add_task(rotation.label, total=rotation.pending())
            for count in rotation.run():
                done += count
                bar.advance(task, count)
        if done:
            name = f"Rotation of {rotation.label}"
            record(Action.CHANGED, name=name, after={"rows": done, "key": newest_key_id()})
        self.stdout.write(f"{rotation.label}: {done} rows")
