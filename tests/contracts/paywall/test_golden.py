"""Paywall's contract, as a merchant's back end sends and reads it."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.support import golden
from tests.vault.conftest import make_bins, make_shop

FILES = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_answers_as_promised(file, channel):
    shop = make_shop("Shop")
    world = {"private": shop.private, "client": shop.client, **make_bins(channel)}
    golden.run(APIClient(), golden.load(file), world)
