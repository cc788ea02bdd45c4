"""Somebody who writes rows, and has no key, moves ciphertexts to where he can read them or where they pay for him."""

import json

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from config.kit.lib.encrypted_model import EncryptedModel
from config.kit.lib.encryption import EncryptedJSONField, InvalidToken
from config.kit.lib.sealed_file import open_sealed, write_sealed
from payments.models import POS, PosVersion
from tests.support.factories import NESTPAY, PaymentMethodFactory, PosFactory
from tests.vault.conftest import make_shop
from vault.models import StoredCard

CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}


def sql(text: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def copy_column(table: str, column: str, *, to: str = "", victim: int, mallory: int) -> None:
    sql(
        f"UPDATE {table} SET {to or column} = (SELECT {column} FROM {table} WHERE id = %s) WHERE id = %s",
        victim,
        mallory,
    )


def test_of_another_row(db):
    shop = make_shop("Shop")
    for month in (1, 2):
        assert shop.save(Month=month).status_code == 200
    victim, mallory = StoredCard.objects.order_by("pk")
    assert mallory.sealed["identity"]
    copy_column("vault_storedcard", "sealed", victim=victim.pk, mallory=mallory.pk)
    with pytest.raises(InvalidToken):
        assert StoredCard.objects.get(pk=mallory.pk).sealed
    assert StoredCard.objects.get(pk=victim.pk).sealed == victim.sealed


def test_of_another_column(db):
    """A bank token would be shown where an account number is."""
    method = PaymentMethodFactory(gateway_token="TOKEN-OF-THE-BANK")
    copy_column(
        "billing_paymentmethod",
        "gateway_token",
        to="bank_account_number",
        victim=method.pk,
        mallory=method.pk,
    )
    method.refresh_from_db(fields=["gateway_token"])
    assert method.gateway_token == "TOKEN-OF-THE-BANK"
    with pytest.raises(InvalidToken):
        method.refresh_from_db(fields=["bank_account_number"])


def test_of_another_table(db):
    pos, method = PosFactory(gateway=NESTPAY, config=CONFIG), PaymentMethodFactory()
    sql(
        "UPDATE billing_paymentmethod SET gateway_token = (SELECT secret_config FROM payments_pos WHERE id = %s)",
        pos.pk,
    )
    with pytest.raises(InvalidToken):
        method.refresh_from_db(fields=["gateway_token"])


def test_of_another_pos(db):
    victim, mallory = PosFactory(gateway=NESTPAY, config=CONFIG), PosFactory(gateway=NESTPAY, config=CONFIG)
    copy_column("payments_pos", "secret_config", victim=victim.pk, mallory=mallory.pk)
    with pytest.raises(InvalidToken):
        assert POS.objects.get(pk=mallory.pk).secret_config


def test_a_version_of_a_pos_reads_its_own_secrets_only(db):
    victim, mallory = PosFactory(gateway=NESTPAY, config=CONFIG), PosFactory(gateway=NESTPAY, config=CONFIG)
    version = PosVersion.objects.of(mallory)
    assert version.secret_config == mallory.secret_config
    copy_column("payments_posversion", "secret_config", victim=victim.versions.get().pk, mallory=version.pk)
    with pytest.raises(InvalidToken):
        assert PosVersion.objects.get(pk=version.pk).secret_config


def test_every_encrypted_column_is_bound_to_a_row():
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedJSONField):
                assert field.copy_of or issubclass(model, EncryptedModel), field


def test_a_changed_ciphertext_is_refused(db):
    pos = PosFactory(gateway=NESTPAY, config=CONFIG)
    other = "CASE substr(secret_config, 41, 1) WHEN 'A' THEN 'B' ELSE 'A' END"
    sql(f"UPDATE payments_pos SET secret_config = overlay(secret_config PLACING {other} FROM 41 FOR 1)")
    with pytest.raises(InvalidToken):
        assert POS.objects.get(pk=pos.pk).secret_config


def unbind(pos: POS, key: str) -> None:
    """As earlier versions wrote it."""
    token = Fernet(key).encrypt(json.dumps(pos.secret_config).encode()).decode()
    sql("UPDATE payments_pos SET secret_config = %s WHERE id = %s", token, pos.pk)


def test_what_was_written_without_a_place_is_read_and_moved_by_the_rotation(db, settings):
    key = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [key]
    victim, mallory = PosFactory(gateway=NESTPAY, config=CONFIG), PosFactory(gateway=NESTPAY, config=CONFIG)
    unbind(victim, key)
    assert POS.objects.get(pk=victim.pk).secret_config == victim.secret_config
    call_command("rotate_encryption_keys", verbosity=0)
    assert POS.objects.get(pk=victim.pk).secret_config == victim.secret_config
    copy_column("payments_pos", "secret_config", victim=victim.pk, mallory=mallory.pk)
    with pytest.raises(InvalidToken):
        assert POS.objects.get(pk=mallory.pk).secret_config


def test_a_kept_old_ciphertext_ends_with_its_key(db, settings):
    """Mallory keeps a copy from before the rotation, and puts it back."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    pos = PosFactory(gateway=NESTPAY, config=CONFIG)
    settings.ENCRYPTION_KEYS = [new, old]
    call_command("rotate_encryption_keys", verbosity=0)
    settings.ENCRYPTION_KEYS = [new]
    assert POS.objects.get(pk=pos.pk).secret_config == pos.secret_config
    unbind(pos, old)
    with pytest.raises(InvalidToken):
        assert POS.objects.get(pk=pos.pk).secret_config


def test_parts_of_a_file_in_another_order_or_file(tmp_path):
    written, other = tmp_path / "file", tmp_path / "other"
    write_sealed(written, [b"first", b"second"])
    with open_sealed(written) as file:
        assert file.read() == b"firstsecond"
    other.write_bytes(written.read_bytes())
    written.write_text("".join(reversed(written.read_text().splitlines(keepends=True))))
    for path in (written, other):
        with open_sealed(path) as file, pytest.raises(InvalidToken):
            file.read()


def test_a_row_that_could_not_be_saved_has_no_key(db):
    """Else whoever asks whether it was saved is told yes."""
    pos = PosFactory(gateway=NESTPAY, config=CONFIG)
    copy = POS(
        name="x", slug=pos.slug, channel=pos.channel, gateway=pos.gateway, resource_url="https://a.example"
    )
    with pytest.raises(Exception, match="payments_pos_slug_channel"):
        copy.save()
    assert copy.pk is None


def test_a_row_that_becomes_another_one_takes_its_secrets_along(db):
    pos = POS.objects.get(pk=PosFactory(gateway=NESTPAY, config=CONFIG).pk)
    secrets = pos.secret_config
    pos.pk, pos.slug = None, "copy"
    pos.save()
    assert POS.objects.get(slug="copy").secret_config == secrets


def test_and_never_writes_what_nobody_could_read(db):
    pos = POS.objects.get(pk=PosFactory(gateway=NESTPAY, config=CONFIG).pk)
    pos.pk, pos.slug = None, "copy"
    with pytest.raises(InvalidToken):
        pos.save()
