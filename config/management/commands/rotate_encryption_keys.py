"""Encrypt all secrets again under the newest key; the site may go on working meanwhile."""

from config.kit.commands.rotation import RotationCommand


class Command(RotationCommand):
    help = "Encrypt all stored secrets under the first of ENCRYPTION_KEYS. It can be stopped and run again."
