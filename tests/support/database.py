"""A pytest plugin that must load before Django's settings: real PostgreSQL for the suite.

DATABASE_URL names a server; without it an embedded one is started below `<VAR_DIR>/test`, apart from the data of
`make run`.
"""

import os

import psycopg

from config import embedded

# Nothing of a test's server outlives a power cut, and each test with real transactions empties every table.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _provide() -> None:
    if os.environ.get("DATABASE_URL"):
        return
    embedded.provide_database_url()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        for name, value in HASTE.items():
            server.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        server.execute("SELECT pg_reload_conf()")


os.environ["VAR_DIR"] = str(embedded.var_dir() / "test")
os.environ.setdefault("ENVIRONMENT", "development")
_provide()
