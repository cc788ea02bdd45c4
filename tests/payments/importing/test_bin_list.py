"""A country's BIN list."""

import os
from pathlib import Path

import pytest

from payments.importing import import_bin_list
from tests.support.factories import PosFactory

REAL = os.environ.get("BIN_LIST", "")


@pytest.mark.skipif(not REAL, reason="BIN_LIST names no file: the real list is not part of the repository")
def test_the_real_list_loads_whole(channel):
    pos = PosFactory(channel=channel, slug="main")
    with Path(REAL).open("rb") as file, import_bin_list(channel=channel, file=file, pos=pos) as report:
        assert report.counts == {"created": 1542, "exists": 0, "duplicate in file": 0, "invalid": 333}
        assert {row.reason for row in report.rejects()} == {"no issuer"}
