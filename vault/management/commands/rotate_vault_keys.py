"""Re-encrypts the vault with the newest encryption key, without downtime."""

from config.kit.commands.rotation import RotationCommand


class Command(RotationCommand):
    help = (
        "Encrypt identities, holder names and unique codes, and make keyed hashes anew, under the first of "
        "ENCRYPTION_KEYS. It can be stopped and run again."
    )
    app_label = "vault"
