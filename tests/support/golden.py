"""Golden request/response pairs: a JSON file of exchanges, run in order against the API.

An exchange is `{"name", "request": {"method", "path", "body"?, "headers"?}, "response": {"status", "body"?}}`.
In strings `{name}` stands for a value of the test's world or one saved by an earlier exchange (`"save": {name:
key}`, with dots for a key inside); the expected values `<datetime>`, `<integer>` and `<text>` accept any of their
kind. A whole-string `{name}` keeps the value's type.
"""

import json
import re
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

_NAME = re.compile(r"\{(\w+)\}")


def load(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())


def run(client: APIClient, exchanges: list[dict[str, Any]], world: dict[str, Any]) -> None:
    """Send each request and compare status and whole body with what is expected."""
    for exchange in exchanges:
        request, expected = fill(exchange["request"], world), fill(exchange["response"], world)
        response = client.generic(
            request["method"],
            request["path"],
            data=json.dumps(request["body"]) if "body" in request else "",
            content_type="application/json",
            headers=request.get("headers", {}),
        )
        body = json.loads(response.content) if response.content else None
        where = f"{exchange['name']}: {request['method']} {request['path']}"
        assert response.status_code == expected["status"], f"{where} answered {response.status_code} {body}"
        if "body" in expected:
            compare(body, expected["body"], where)
        for name, key in exchange.get("save", {}).items():
            world[name] = reduce(lambda part, step: part[step], key.split("."), body)


def fill(value: Any, world: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {fill(key, world): fill(item, world) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, world) for item in value]
    if not isinstance(value, str):
        return value
    whole = _NAME.fullmatch(value)
    if whole and whole[1] in world:
        return world[whole[1]]
    return _NAME.sub(lambda match: str(world.get(match[1], match[0])), value)


def compare(actual: Any, expected: Any, where: str) -> None:
    """Same keys in the same order, same values."""
    if expected == "<datetime>":
        assert isinstance(actual, str), where
        assert datetime.fromisoformat(actual).utcoffset() is not None, where
        assert actual.endswith("Z"), where
    elif expected == "<integer>":
        assert isinstance(actual, int), where
    elif expected == "<text>":
        assert isinstance(actual, str), where
        assert actual, where
    elif isinstance(expected, dict):
        assert isinstance(actual, dict), f"{where}: {actual!r}"
        assert list(actual) == list(expected), f"{where}: keys {list(actual)}"
        for key, item in expected.items():
            compare(actual[key], item, f"{where} .{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), where
        assert len(actual) == len(expected), f"{where}: {actual!r}"
        for index, item in enumerate(expected):
            compare(actual[index], item, f"{where} [{index}]")
    else:
        assert actual == expected, f"{where}: {actual!r} is not {expected!r}"
