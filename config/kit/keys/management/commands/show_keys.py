"""What the desk's page of keys shows."""

from typing import Any

from django.core.management.base import BaseCommand

from config.kit.keys.custody import count_values, custody, remember


class Command(BaseCommand):
    help = "Show the encryption keys: since when, what wraps them, and how many values are under each."

    def handle(self, *args: Any, **options: Any) -> None:
        remember()
        for entry in custody():
            removed = f", removed {entry.key.removed_at:%Y-%m-%d}" if entry.key.removed_at else ""
            wrapped = f"wrapped by {entry.key.master}" if entry.key.master else "not wrapped"
            self.stdout.write(
                f"{entry.key.id}  {entry.state}, {wrapped}, since {entry.key.since:%Y-%m-%d}{removed}"
            )
            self._show(entry.values)
        former = count_values().get("")
        if former:
            self.stdout.write("without a place (run rotate_encryption_keys)")
            self._show(former)

    def _show(self, values: dict[str, int]) -> None:
        for name, count in sorted(values.items()):
            self.stdout.write(f"    {name}: {count}")
