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


UNSET = pytest.param(
    None, id="unset", marks=pytest.mark.skip(reason="GATEWAY_VECTORS names no file of vectors")
)


@pytest.mark.parametrize(
    "vector", [pytest.param(each, id=each["id"]) for each in VECTORS] if FILE else [UNSET]
)
def test_vector(vector):
    assert vector["kind"] in KINDS, f"no code answers vectors of the kind {vector['kind']}"
    KINDS[vector["kind"]](vector)


def test_a_named_file_has_vectors():
    assert VECTORS or not FILE


def test_an_unknown_kind_fails():
    with pytest.raises(AssertionError):
        test_vector({"id": "x", "kind": "unheard_of", "input": {}, "expected": {}})
