"""The banks' vectors through the real gateways: the file that GATEWAY_VECTORS names, one test for each
vector.
"""

import json
import os
from pathlib import Path

import pytest

from tests.payments.gateways.vector_kinds import KINDS

FILE = os.environ.get("GATEWAY_VECTORS", "")
VECTORS = json.loads(Path(FILE).read_text(encoding="utf-8")) if FILE else []


@pytest.mark.skipif(not FILE, reason="GATEWAY_VECTORS names no file of vectors")
def test_the_file_has_vectors():
    assert VECTORS


@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["id"]) for vector in VECTORS])
def test_vector(vector):
    assert vector["kind"] in KINDS, f"no code answers vectors of the kind {vector['kind']}"
    KINDS[vector["kind"]](vector)


def test_an_unknown_kind_fails():
    with pytest.raises(AssertionError):
        test_vector({"id": "x", "kind": "unheard_of", "input": {}, "expected": {}})
