"""Which keys there are, since when, and what is under each: the desk, a command and the audit log tell the same."""

from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from config.kit.audit.models import Entry
from config.kit.keys.custody import KeyState, custody, remember
from config.kit.keys.models import KnownKey
from config.kit.lib.key_ring import newest_key
from config.kit.lib.master_keys import wrap
from tests.support.factories import NESTPAY, PosFactory, UserFactory
from tests.support.pages import list_url

CONFIG = {"username": "u", "client_id": "c", "store_key": "STOREKEY-123", "password": "PASSWORD-456"}
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRETS = "payments_pos.secret_config"


@pytest.fixture(autouse=True)
def _keys(db, settings):
    settings.ENCRYPTION_KEYS = [OLD]
    KnownKey.objects.all().delete()
    remember()
    for _ in range(3):
        PosFactory(gateway=NESTPAY, config=CONFIG)


def seen() -> dict[str, tuple[KeyState, int]]:
    return {entry.key.id: (entry.state, entry.values[SECRETS]) for entry in custody()}


def test_a_key_through_its_life(settings):
    old = newest_key().id
    assert seen() == {old: (KeyState.ENCRYPTS, 3)}
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    remember()
    new = newest_key().id
    assert seen() == {new: (KeyState.ENCRYPTS, 0), old: (KeyState.DECRYPTS, 3)}
    call_command("rotate_encryption_keys")
    assert seen() == {new: (KeyState.ENCRYPTS, 3), old: (KeyState.DECRYPTS, 0)}
    settings.ENCRYPTION_KEYS = [NEW]
    remember()
    assert seen() == {new: (KeyState.ENCRYPTS, 3), old: (KeyState.REMOVED, 0)}
    assert KnownKey.objects.get(pk=old).removed_at is not None


def test_the_audit_log_has_it(settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_encryption_keys")
    settings.ENCRYPTION_KEYS = [NEW]
    remember()
    told = Entry.objects.filter(object_type="keys.knownkey").order_by("pk").values_list("action", "after")
    assert list(told)[1:] == [("created", {"master": ""}), ("changed", {"removed": True})]
    rotated = Entry.objects.get(object_name="Rotation of payments.POS")
    assert rotated.after == {"rows": 3, "key": newest_key().id}


def test_a_wrapped_key_tells_since_when_and_by_what(settings):
    settings.MASTER_KEYS = [f"local:{Fernet.generate_key().decode()}"]
    settings.ENCRYPTION_KEYS = [wrap(b"0123456789abcdef" * 2, date(2026, 3, 5), settings.MASTER_KEYS), OLD]
    remember()
    key = KnownKey.objects.get(pk=newest_key().id)
    assert key.since.date() == date(2026, 3, 5)
    assert key.master.startswith("local-")


@pytest.mark.parametrize(("role", "status"), [("Auditor", 200), ("Administrator", 200), ("Finance", 403)])
def test_the_page_is_for_auditors_and_administrators(client, role, status):
    client.force_login(UserFactory(role=role, is_staff=True))
    answer = client.get(list_url(KnownKey))
    assert answer.status_code == status
    if status == 200:
        text = answer.content.decode()
        assert newest_key().id in text
        assert OLD not in text
        page = client.get(f"{list_url(KnownKey)}{newest_key().id}/change/").content.decode()
        assert f"{SECRETS}: 3" in page


def test_nobody_changes_a_key_there(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    for path in ("add/", f"{newest_key().id}/delete/"):
        assert client.get(f"{list_url(KnownKey)}{path}").status_code == 403


def test_the_list_costs_the_same_queries_whatever_its_rows(client, django_assert_max_num_queries, settings):
    client.force_login(UserFactory(role="Auditor", is_staff=True))
    client.get(list_url(KnownKey))
    with django_assert_max_num_queries(100) as first:
        client.get(list_url(KnownKey))
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode() for _ in range(5)] + [OLD]
    remember()
    with django_assert_max_num_queries(len(first)):
        client.get(list_url(KnownKey))


def test_the_command_tells_the_same(capsys):
    call_command("show_keys")
    text = capsys.readouterr().out
    assert f"{newest_key().id}  encrypts, not wrapped, since" in text
    assert f"    {SECRETS}: 3\n" in text


def test_what_earlier_versions_wrote_is_told(capsys):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_pos SET secret_config = 'gAAAAA' WHERE id = (SELECT min(id) FROM payments_pos)"
        )
    call_command("show_keys")
    assert f"without a place (run rotate_encryption_keys)\n    {SECRETS}: 1" in capsys.readouterr().out
