"""Which operation of our OpenAPI documents a request is, and whether it declares the answer."""

import re
from functools import cache
from typing import Any

from billing.contracts.tmf.hrefs import BASES
from config.api_documents import document_of


@cache
def _templates() -> list[tuple[re.Pattern[str], set[str], dict[str, Any]]]:
    """Patterns of paths, those without parameters first, and the bases that they stand below."""
    paths = sorted(document_of("whole")["paths"].items(), key=lambda pair: "{" in pair[0])
    return [
        (
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path.rstrip("/")))),
            {server["url"].strip("/") for server in item.get("servers", ())} or {""},
            item,
        )
        for path, item in paths
    ]


def find_operation(method: str, path: str) -> dict[str, Any] | None:
    """None for a method or path that no document has."""
    bare = path.partition("?")[0]
    if bare.startswith("/api/v1/"):  # with or without a slash at the end
        bare = bare.rstrip("/")
    base = next((base for base in BASES if bare.startswith(f"/{base}/")), None)
    bare = bare.removeprefix(f"/{base}") if base else bare
    for pattern, bases, item in _templates():
        if (base or "") in bases and pattern.fullmatch(bare):
            found: dict[str, Any] | None = item.get(method.lower())
            return found
    return None


def is_declared(method: str, path: str, status: int) -> bool:
    """True also where there is no such operation."""
    operation = find_operation(method, path)
    return operation is None or str(status) in operation["responses"]
