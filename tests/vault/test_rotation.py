"""Encryption keys are rotated while merchants work, in steps that can be stopped."""

import threading

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

import config.kit.rotation
from config.kit.rotation import Rotation
from tests.vault.conftest import make_shop
from vault.models import ApiKey, StoredCard

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.ENCRYPTION_KEYS = [OLD]


def codes_of(shop) -> list[str]:
    return [card["UniqueCode"] for card in shop.list().json()["Body"]]


def test_the_old_key_can_be_taken_out_afterwards(shop, settings):
    code = shop.save().json()["Body"]["UniqueCode"]
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert codes_of(shop) == [code]
    assert shop.save().json()["Body"]["UniqueCode"] == code
    call_command("rotate_vault_keys")
    settings.ENCRYPTION_KEYS = [NEW]
    assert shop.save().json()["Body"]["UniqueCode"] == code
    assert shop.put(code).status_code == 200
    assert shop.delete(code).status_code == 200


def test_without_a_rotation_the_old_key_is_missed(shop, settings):
    """The control: what the test above shows is the rotation's doing."""
    settings.ENCRYPTION_KEYS = [NEW]
    assert shop.list().status_code == 401


def test_it_is_stopped_and_goes_on(shop, settings, monkeypatch, capsys):
    for month in range(1, 8):
        shop.save(Month=month)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    monkeypatch.setattr(config.kit.rotation, "BATCH", 2)
    write, batches = Rotation._write, []

    def interrupted(self, rows):
        if len(batches) == 2:
            raise KeyboardInterrupt
        batches.append(rows)
        write(self, rows)

    monkeypatch.setattr(Rotation, "_write", interrupted)
    with pytest.raises(CommandError, match=r"StoredCard: 5 rows are left. Run the command again") as stopped:
        call_command("rotate_vault_keys")
    assert stopped.value.returncode == 130
    monkeypatch.setattr(Rotation, "_write", write)
    capsys.readouterr()
    call_command("rotate_vault_keys")
    assert "vault.StoredCard: 5 rows" in capsys.readouterr().out
    settings.ENCRYPTION_KEYS = [NEW]
    assert len(codes_of(shop)) == 7


def test_a_missing_key_is_told_and_nothing_is_lost(shop, settings):
    shop.save()
    before = StoredCard.objects.values_list("unique_code_hash").get()
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="add the missing key"):
        call_command("rotate_vault_keys")
    assert StoredCard.objects.values_list("unique_code_hash").get() == before


def test_the_general_command_takes_the_vault_along(shop, settings):
    shop.save()
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_encryption_keys")
    assert [Rotation(model).pending() for model in (ApiKey, StoredCard)] == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_merchants_work_while_keys_are_rotated(settings, monkeypatch):
    """Saves, lists, changes and deletes run against the rotation; none fails, and no card is doubled or lost."""
    shops = [make_shop(f"Shop {number}") for number in range(3)]
    for shop in shops:
        for month in range(1, 13):
            shop.save(Month=month)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    monkeypatch.setattr(config.kit.rotation, "BATCH", 1)
    done, wrong = threading.Event(), []

    def work(shop):
        number = 0
        try:
            while not done.is_set() or number < 3:
                number += 1
                code = shop.save(Month=number % 12 + 1).json()["Body"]["UniqueCode"]
                new = shop.save(Year=2050, Month=number % 12 + 1).json()["Body"]["UniqueCode"]
                answers = [shop.put(new, year=2060 + number), shop.delete(new), shop.list()]
                statuses = [answer.status_code for answer in answers]
                if (
                    statuses != [200] * 3
                    or len(answers[2].json()["Body"]) != 12
                    or code not in codes_of(shop)
                ):
                    wrong.append((number, statuses))
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(shop,)) for shop in shops]
    for thread in threads:
        thread.start()
    for _ in range(3):
        call_command("rotate_vault_keys")
    done.set()
    for thread in threads:
        thread.join(60)
    assert not wrong
    settings.ENCRYPTION_KEYS = [NEW]
    assert [len(codes_of(shop)) for shop in shops] == [12, 12, 12]
