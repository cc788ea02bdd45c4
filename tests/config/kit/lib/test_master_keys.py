"""Data keys are wrapped: whoever reads the environment or a backup of it has no key without the master key."""

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from config.kit.lib.key_ring import newest_key, read_keys
from config.kit.lib.master_keys import UnwrapError, wrap
from config.process.checks import check_production
from payments.models import POS
from tests.support.factories import NESTPAY, PosFactory

LOCAL, OTHER = (f"local:{Fernet.generate_key().decode()}" for _ in range(2))
SECRET, DAY = os.urandom(32), date(2026, 11, 1)
CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture(scope="session")  # the library reads its configuration once in a process
def hsm(tmp_path_factory):
    """A master key in Debian's SoftHSM: made there, and never to be read from there."""
    if not SOFTHSM.exists() or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM is not installed (apt-get install softhsm2)")
    pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = "softhsm2-util --init-token --free --label desk --pin 1234 --so-pin 5678"
    subprocess.run(command.split(), check=True, capture_output=True)
    with pkcs11.lib(str(SOFTHSM)).get_token(token_label="desk").open(rw=True, user_pin="1234") as session:
        for label in ("master", "other", "twice", "twice"):
            session.generate_key(pkcs11.KeyType.AES, 256, label=label, store=True)
    yield "pkcs11:desk/master"
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def module(hsm, settings):
    settings.PKCS11_MODULE, settings.PKCS11_PIN = str(SOFTHSM), "1234"
    return hsm


@pytest.fixture(params=["local", "pkcs11"])
def master(request):
    return LOCAL if request.param == "local" else request.getfixturevalue("module")


def test_a_wrapped_key_is_the_key(master):
    (key,) = read_keys([wrap(SECRET, DAY, [master])], [master])
    assert (key.secret, key.since) == (SECRET, DAY)
    assert key.master.startswith(("local-", "pkcs11-desk/master"))
    assert SECRET.hex() not in repr(key)


def test_no_other_master_key_unwraps_it(master):
    wrapped = wrap(SECRET, DAY, [master])
    with pytest.raises(UnwrapError):
        read_keys([wrapped], [OTHER])
    assert read_keys([wrapped], [OTHER, master])[0].secret == SECRET


@pytest.mark.parametrize(
    ("old", "new"),
    [("2026-11-01", "2020-01-01"), (".", ".A")],
    ids=["older than it is", "another ciphertext"],
)
def test_what_was_changed_is_refused(master, old, new):
    text = wrap(SECRET, DAY, [master])
    head, _, tail = text.rpartition(old)
    with pytest.raises(UnwrapError):
        read_keys([head + new + tail], [master])


def test_a_key_does_not_pass_for_another_master_s(module):
    text = wrap(SECRET, DAY, [module]).replace("desk/master", "desk/other")
    with pytest.raises(UnwrapError):
        read_keys([text], [module, "pkcs11:desk/other"])


@pytest.mark.parametrize(
    "where",
    ["pkcs11:desk/nothing", "pkcs11:desk/twice", "pkcs11:nowhere/master", "pkcs11:desk", "kms:x", "local:x"],
)
def test_a_master_key_that_is_not_there_is_told(module, where):
    text = wrap(SECRET, DAY, [module]).replace("pkcs11-desk/master", where.replace(":", "-"))
    with pytest.raises(UnwrapError):
        read_keys([text], [where])


def test_a_wrong_pin_is_told(module, settings):
    text = wrap(SECRET, DAY, [module])
    settings.PKCS11_PIN = "4321"
    with pytest.raises(UnwrapError, match="Pin"):
        read_keys([text], [module])


def test_keys_in_clear_move_under_a_master_key_and_nothing_is_encrypted_anew(db, settings, master, capsys):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    pos = PosFactory(gateway=NESTPAY, config=CONFIG)
    key = newest_key()
    settings.MASTER_KEYS = [master]
    call_command("wrap_encryption_keys")
    text = capsys.readouterr().out.strip()
    settings.ENCRYPTION_KEYS = [text]
    assert (newest_key().id, newest_key().secret) == (key.id, key.secret)
    assert POS.objects.get(pk=pos.pk).secret_config == pos.secret_config


def test_the_master_key_is_changed_and_then_the_data_key(db, settings, master, capsys):
    settings.MASTER_KEYS = [LOCAL]
    call_command("make_encryption_key")
    settings.ENCRYPTION_KEYS = [capsys.readouterr().out.strip()]
    pos = PosFactory(gateway=NESTPAY, config=CONFIG)
    settings.MASTER_KEYS = [master, LOCAL]
    call_command("wrap_encryption_keys")
    old = capsys.readouterr().out.strip()
    settings.MASTER_KEYS = [master]
    call_command("make_encryption_key")
    new = capsys.readouterr().out.strip()
    settings.ENCRYPTION_KEYS = [new, old]
    call_command("rotate_encryption_keys")
    settings.ENCRYPTION_KEYS = [new]
    assert POS.objects.get(pk=pos.pk).secret_config == pos.secret_config


def test_without_a_master_key_nothing_is_wrapped(settings, capsys):
    settings.MASTER_KEYS = []
    with pytest.raises(CommandError, match="MASTER_KEYS"):
        call_command("wrap_encryption_keys")
    call_command("make_encryption_key")
    assert read_keys([capsys.readouterr().out.strip()], [])


def test_a_process_unwraps_once(settings, module, monkeypatch):
    settings.MASTER_KEYS, settings.ENCRYPTION_KEYS = [module], [wrap(SECRET, DAY, [module])]
    newest_key()
    settings.PKCS11_PIN = "the module is not asked again"
    assert newest_key().secret == SECRET


def test_a_production_whose_keys_nobody_unwraps_does_not_start(settings):
    settings.PRODUCTION, settings.MASTER_KEYS = True, [OTHER]
    settings.ENCRYPTION_KEYS = [wrap(SECRET, DAY, [LOCAL])]
    assert "config.E025" in {message.id for message in check_production()}
