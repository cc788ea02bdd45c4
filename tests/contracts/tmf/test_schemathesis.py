"""Requests generated from the official swagger (TMF676_SWAGGER), good and bad, find no server error."""

import json
import os
from pathlib import Path

import pytest
import schemathesis
from schemathesis.checks import not_a_server_error

from config.wsgi import application
from tests.support.openapi import examples, one_connection, send, token_headers

__all__ = ["one_connection", "token_headers"]

FILE = os.environ.get("TMF676_SWAGGER", "")

if FILE:
    swagger = json.loads(Path(FILE).read_text(encoding="utf-8"))
    swagger["basePath"] = "/payment/v4"
    swagger["paths"] = {path: item for path, item in swagger["paths"].items() if "/listener/" not in path}
    schema = schemathesis.openapi.from_dict(swagger)
    schema.app = application

    @pytest.mark.usefixtures("one_connection")
    @schema.parametrize()
    @examples(15)
    def test_there_is_no_server_error(case, token_headers, telco):
        send(case, headers=token_headers, checks=[not_a_server_error])

else:

    @pytest.mark.skip(reason="TMF676_SWAGGER names no swagger file")
    def test_there_is_no_server_error():
        """Nothing to generate requests from."""
