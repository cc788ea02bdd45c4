from config.kit.commands.rotation import RotationCommand


class Command(RotationCommand):
    help = (
        "Re-encrypt all stored secrets under the first of ENCRYPTION_KEYS. Can be interrupted and run again."
    )
