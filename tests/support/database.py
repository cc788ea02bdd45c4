"""A pytest plugin that must load before Django's settings: real PostgreSQL for the suite.

DATABASE_URL names a server; without it an embedded one is started below `<VAR_DIR>/test`, apart from the data of
`make run`.
"""

import os

from config import embedded

os.environ["VAR_DIR"] = str(embedded.var_dir() / "test")
os.environ.setdefault("ENVIRONMENT", "development")
embedded.provide_database_url()
