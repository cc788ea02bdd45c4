"""OpenAPI documents as plain dicts: putting them together, and taking out what belongs to one contract."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Part:
    """The document of one contract: its paths, and the base paths that they are served at, with what they are."""

    name: str
    title: str
    description: str
    takes: Callable[[str], bool]
    bases: tuple[tuple[str, str], ...] = (("", "This installation"),)
    has_webhooks: bool = False


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and operation of each."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def merge(document: Json, other: Json) -> None:
    """Adds the paths, webhooks and components of `other`. Raises ValueError for a name that means two things."""
    for group in ("paths", "webhooks"):
        _add(document.setdefault(group, {}), other.get(group, {}))
    for kind, named in other.get("components", {}).items():
        _add(document.setdefault("components", {}).setdefault(kind, {}), named)


def _add(into: Json, more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if into.setdefault(name, value) != value:
            raise ValueError(f"{name} means two things.")


def part_of(whole: Json, part: Part) -> Json:
    """The document of one contract, with the components that it uses."""
    paths = {path: deepcopy(item) for path, item in whole["paths"].items() if part.takes(path)}
    base_urls = [url for url, _text in part.bases]
    for item in paths.values():
        if {server["url"] for server in item.get("servers", ())} >= set(base_urls):
            del item["servers"]  # those of the document
    document: Json = {
        "openapi": whole["openapi"],
        "info": {**whole["info"], "title": part.title, "description": part.description},
        "servers": [{"url": url or "/", "description": text} for url, text in part.bases],
        "paths": paths,
    }
    if part.has_webhooks:
        document["webhooks"] = whole.get("webhooks", {})
    return {**document, "components": _used_components(whole["components"], document)}


def _used_components(components: Json, document: Json) -> Json:
    found: dict[str, Json] = {}
    waiting = [*references(document), *_schemes(document)]
    while waiting:
        kind, name = waiting.pop()
        if name in found.get(kind, {}):
            continue
        found.setdefault(kind, {})[name] = value = components[kind][name]
        waiting += references(value)
    return {kind: dict(sorted(named.items())) for kind, named in sorted(found.items())}


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Kind and name of each component that `value` refers to."""
    if isinstance(value, dict):
        target = value.get("$ref")
        if isinstance(target, str):
            yield _kind_and_name(target)
        for name, inner in value.items():
            if name == "mapping":  # of a discriminator
                yield from map(_kind_and_name, inner.values())
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def _kind_and_name(target: str) -> tuple[str, str]:
    kind, name = target.removeprefix("#/components/").split("/")
    return kind, name


def _schemes(document: Json) -> Iterable[tuple[str, str]]:
    names = {
        name
        for _path, _method, operation in operations(document)
        for need in operation.get("security", ())
        for name in need
    }
    return [("securitySchemes", name) for name in sorted(names)]


def marked_deprecated(document: Json, prefixes: tuple[str, ...]) -> Json:
    """A copy in which the operations whose paths begin so are `deprecated`."""
    if not prefixes:
        return document
    paths = {
        path: {name: _deprecated(name, part) for name, part in item.items()}
        if path.startswith(prefixes)
        else item
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths}


def _deprecated(name: str, part: Any) -> Any:
    return {**part, "deprecated": True} if name in METHODS else part


def at_host(document: Json, host: str) -> Json:
    """A copy whose servers are absolute URLs. `host` has its scheme and no slash at its end."""
    copy = {**document, "servers": _absolute(document["servers"], host), "paths": dict(document["paths"])}
    for path, item in copy["paths"].items():
        if "servers" in item:
            copy["paths"][path] = {**item, "servers": _absolute(item["servers"], host)}
    schemes = copy["components"].get("securitySchemes", {})
    if "oauth2" in schemes:
        oauth2 = deepcopy(schemes["oauth2"])
        flow = oauth2["flows"]["clientCredentials"]
        flow["tokenUrl"] = host + flow["tokenUrl"]
        copy["components"] = {**copy["components"], "securitySchemes": {**schemes, "oauth2": oauth2}}
    return copy


def _absolute(servers: list[Json], host: str) -> list[Json]:
    return [{**server, "url": host + server["url"].rstrip("/")} for server in servers]


def say_defaults(document: Json) -> None:
    """Defaults of attributes as texts: generators of clients take an attribute with a default as one that is there."""
    for schema in document["components"]["schemas"].values():
        for name, part in schema.get("properties", {}).items():
            if "default" in part and name not in schema.get("required", ()):
                value = json.dumps(part.pop("default"), ensure_ascii=False)
                text = f"{part.get('description', '')} Default: {value}."
                part["description"] = text.strip()


def say_what_null_means(document: Json) -> None:
    """Null on an optional attribute of a request means "not sent" (config.kit.api.serializers)."""
    for component, schema in document["components"]["schemas"].items():
        if not component.endswith("Request"):
            continue
        for name, part in schema.get("properties", {}).items():
            if name not in schema.get("required", ()) and not _takes_null(part):
                schema["properties"][name] = _or_null(part)


def _takes_null(schema: Json) -> bool:
    kinds = schema.get("type", [])
    choices = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    return "null" in kinds or not schema or any(_means_null(choice) for choice in choices)


def _means_null(schema: Json) -> bool:
    return schema.get("$ref", "").endswith("/NullEnum") or _takes_null(schema)


def _or_null(schema: Json) -> Json:
    if isinstance(schema.get("type"), str) and "enum" not in schema and "const" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def add_common_headers(document: Json) -> None:
    """`X-Request-ID` of requests and answers, for every operation; those that need no credentials say so."""
    components = document.setdefault("components", {})
    components.setdefault("headers", {})["X-Request-ID"] = {
        "description": "The id of the request, as it was sent or as we made it. Support finds it in our log.",
        "schema": {"type": "string"},
    }
    components.setdefault("parameters", {})["X-Request-ID"] = {
        "name": "X-Request-ID",
        "in": "header",
        "description": "An id of yours for this request, up to 64 letters, digits, dots, hyphens and underscores. It "
        "comes back and stands in our log; anything else is replaced.",
        "schema": {"type": "string"},
    }
    for _path, _method, operation in operations(document):
        operation.setdefault("security", [])  # none is needed
        parameters = operation.setdefault("parameters", [])
        if not any(item.get("name", "").lower() == "x-request-id" for item in parameters):
            parameters.append({"$ref": "#/components/parameters/X-Request-ID"})
        for answer in operation["responses"].values():
            headers = answer.setdefault("headers", {})
            headers.setdefault("X-Request-ID", {"$ref": "#/components/headers/X-Request-ID"})
