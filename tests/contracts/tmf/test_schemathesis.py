"""Requests generated from the official swagger (TMF676_SWAGGER), good and bad, find no server error."""

import json
import os
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from config.wsgi import application
from tests.payments.api.test_schemathesis import _one_connection  # noqa: F401 an autouse fixture

FILE = os.environ.get("TMF676_SWAGGER", "")

if FILE:
    swagger = json.loads(Path(FILE).read_text(encoding="utf-8"))
    swagger["basePath"] = "/payment/v4"
    swagger["paths"] = {path: item for path, item in swagger["paths"].items() if "/listener/" not in path}
    schema = schemathesis.openapi.from_dict(swagger)
    schema.app = application

    @pytest.fixture
    def key(ada):
        from knox.models import AuthToken

        return AuthToken.objects.create(user=ada)[1]

    @schema.parametrize()
    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def test_there_is_no_server_error(case, key, telco):
        from django.db import transaction

        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": f"Token {key}"}, checks=[not_a_server_error])
            transaction.set_rollback(True)

else:

    @pytest.mark.skip(reason="TMF676_SWAGGER names no swagger file")
    def test_there_is_no_server_error():
        """Nothing to generate requests from."""
