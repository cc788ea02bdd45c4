"""Requests generated from both official swaggers (in the folder TMF670_SWAGGERS), and bodies of every type."""

import json
import os
from pathlib import Path

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error

from billing.contracts.tmf.tmf670.queries import PAYMENT_METHOD
from config.wsgi import application
from tests.contracts.tmf.test_tmf670_kit import MINIMAL, check_row, whole
from tests.support.openapi import examples, one_connection, send, token_headers

__all__ = ["one_connection", "token_headers"]

PATH = "/tmf-api/paymentMethod/v4/paymentMethod"
FOLDER = os.environ.get("TMF670_SWAGGERS", "")
FILES = sorted(Path(FOLDER).glob("*swagger.json")) if FOLDER else []


def schema_of(file: Path):
    swagger = json.loads(file.read_text(encoding="utf-8"))
    swagger["basePath"] = "/tmf-api/paymentMethodManagement/v4"
    swagger["paths"] = {path: item for path, item in swagger["paths"].items() if "/listener/" not in path}
    schema = schemathesis.openapi.from_dict(swagger)
    schema.app = application
    return schema


if FILES:
    first, second = map(schema_of, FILES)

    @pytest.mark.usefixtures("one_connection")
    @first.parametrize()
    @examples(10)
    def test_the_first_swagger_finds_no_server_error(case, token_headers, telco):
        send(case, headers=token_headers, checks=[not_a_server_error])

    @pytest.mark.usefixtures("one_connection")
    @second.parametrize()
    @examples(10)
    def test_the_second_swagger_finds_no_server_error(case, token_headers, telco):
        send(case, headers=token_headers, checks=[not_a_server_error])

else:

    @pytest.mark.skip(reason="TMF670_SWAGGERS names no folder of swagger files")
    def test_the_swaggers_find_no_server_error():
        """Nothing to generate requests from."""


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=40))
VALUES = st.one_of(
    SCALARS,
    st.sampled_from(
        ["2035-05-31", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "****1111", "Visa", "True"]
    ),
    st.lists(SCALARS, max_size=2),
    st.dictionaries(
        st.sampled_from(["id", "amount", "startDateTime", "endDateTime", "@referredType"]), SCALARS
    ),
)


@pytest.mark.parametrize("kind", MINIMAL)
def test_whatever_an_attribute_holds_it_is_stored_or_refused_with_reasons(db, api, kind):
    names = sorted(PAYMENT_METHOD.names - {"@type"})

    @examples(25)
    @given(st.dictionaries(st.sampled_from(names), VALUES, max_size=4))
    def send_it(changes):
        answer = api.post(PATH, whole(kind) | changes)
        assert answer.status_code in (201, 400), answer.getvalue()
        if answer.status_code == 400:
            assert any(name in answer.json()["message"] for name in changes), answer.json()
            return
        row = json.loads(answer.getvalue())
        check_row(row)
        url = f"{PATH}/{row['id']}"
        assert json.loads(api.get(url).getvalue()) == row
        again = api.patch(url, row)
        assert json.loads(again.getvalue()) == row

    send_it()
