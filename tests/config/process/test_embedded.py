"""The embedded database."""

import psycopg
from django.core.files.uploadedfile import SimpleUploadedFile

from config.process.embedded import EmbeddedServer
from payments.importing import uploads


def test_a_folder_that_is_moved_takes_its_database_along(tmp_path):
    before = EmbeddedServer(tmp_path / "before")
    with psycopg.connect(before.acquire(), autocommit=True) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS number")
    before.release()
    (tmp_path / "before").rename(tmp_path / "after it")
    after = EmbeddedServer(tmp_path / "after it")
    with psycopg.connect(after.acquire()) as database:
        assert database.execute("SELECT number FROM kept").fetchone() == (42,)
    after.release()
    assert not after.sockets.exists()


def test_and_the_uploads_that_wait_to_be_confirmed(tmp_path, settings):
    settings.VAR_DIR = tmp_path / "before"
    settings.VAR_DIR.mkdir()
    token = uploads.store(7, SimpleUploadedFile("list.csv", b"411979"), {"kind": "bins"}).token
    settings.VAR_DIR = settings.VAR_DIR.rename(tmp_path / "after")
    with uploads.find(7, token).claim() as file:
        assert file.read() == b"411979"
