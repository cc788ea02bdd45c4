"""Makes a data key for ENCRYPTION_KEYS, wrapped where there are master keys."""

import base64
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from config.kit.lib.master_keys import wrap


class Command(BaseCommand):
    help = (
        "Print a new key for ENCRYPTION_KEYS, wrapped under the first of MASTER_KEYS. Put it in front, restart, then "
        "run rotate_encryption_keys."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        secret = os.urandom(32)
        if settings.MASTER_KEYS:
            self.stdout.write(wrap(secret, timezone.now().date(), settings.MASTER_KEYS))
            return
        self.stderr.write("There are no MASTER_KEYS: the key is in clear.")
        self.stdout.write(base64.urlsafe_b64encode(secret).decode())
