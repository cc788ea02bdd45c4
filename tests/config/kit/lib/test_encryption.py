"""Secrets at rest and the rotation of their keys."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from payments.models import POS
from payments.pos_gateway import full_config
from tests.support.factories import NESTPAY, PosFactory

CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}


def tokens() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_config FROM payments_pos ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_keys_are_rotated_without_losing_a_secret(db, settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    pos = [PosFactory(gateway=NESTPAY, config=CONFIG) for _ in range(3)]
    before = tokens()
    settings.ENCRYPTION_KEYS = [new, old]
    call_command("rotate_encryption_keys", verbosity=0)
    assert not set(tokens()) & set(before)
    settings.ENCRYPTION_KEYS = [new]
    for one in POS.objects.filter(pk__in=[item.pk for item in pos]):
        assert full_config(one)["store_key"] == "STOREKEY-123"


def test_a_missing_key_is_told_and_changes_nothing(db, settings):
    PosFactory(gateway=NESTPAY, config=CONFIG)
    before = tokens()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="no key"):
        call_command("rotate_encryption_keys", verbosity=0)
    assert tokens() == before
