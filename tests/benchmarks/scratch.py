"""A database for one benchmark."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from config.process import embedded

UNLIMITED_TRIES = {f"VELOCITY_PER_{name}": "0" for name in ("BILL", "CARD", "ACCOUNT", "ADDRESS")}
"""Settings, for benchmarks in which one card pays thousands of bills."""


@contextmanager
def scratch_database(name: str) -> Iterator[str]:
    """A database of its own on the suite's server; yields its URL, which DATABASE_URL names meanwhile."""
    before = {key: os.environ.get(key) for key in ("VAR_DIR", "DATABASE_URL")}
    os.environ["VAR_DIR"] = str(embedded.var_dir() / "test")
    embedded.provide_database_url()
    server = os.environ["DATABASE_URL"]
    url = urlsplit(server)._replace(path=f"/{name}").geturl()

    def on_server(sql: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[arg-type]

    on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    on_server(f"CREATE DATABASE {name}")
    os.environ["DATABASE_URL"] = url
    try:
        yield url
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.update({key: value})
