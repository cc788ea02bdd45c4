"""Wraps the keys of ENCRYPTION_KEYS under another master key. Nothing is encrypted anew: the data keys stay."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.kit.lib.key_ring import data_keys
from config.kit.lib.master_keys import wrap


class Command(BaseCommand):
    help = "Print the value of ENCRYPTION_KEYS with all its keys wrapped under the first of MASTER_KEYS."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MASTER_KEYS:
            raise CommandError("There are no MASTER_KEYS.")
        today = timezone.now().date()
        keys = [wrap(key.secret, key.since or today, settings.MASTER_KEYS) for key in data_keys()]
        self.stdout.write(",".join(keys))
