"""What our OpenAPI documents promise to clients, one line each, and which changes of it break clients.

`python -m tests.support.promises` writes the promises of this release (CONTRIBUTING.md, Releases).
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Promises = Mapping[str, Json]

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "openapi-promises.txt"
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def promises_of(document: Json) -> dict[str, Json]:
    """By what it is about: `POST /payment`, `POST /payment query allocate`, `request PaymentCreate.payer`."""
    document = _with_choices(document, document["components"]["schemas"])
    found: dict[str, Json] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "patch", "delete"):
                found |= dict(_of_operation(f"{method.upper()} {path}", operation, document))
    for direction, names in (("request", _bodies(document)), ("answer", _answers(document))):
        for name in _reachable(names, document):
            found |= dict(_of_schema(f"{direction} {name}", document["components"]["schemas"][name]))
    return found


def _with_choices(part: Any, schemas: Json) -> Any:
    """Choices in place of references to them: their names are the generator's, and change with what else there is."""
    if isinstance(part, list):
        return [_with_choices(item, schemas) for item in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
    if name.endswith("Enum"):
        return schemas[name]
    return {key: _with_choices(value, schemas) for key, value in part.items()}


def _of_operation(name: str, operation: Json, document: Json) -> Iterator[tuple[str, Json]]:
    yield name, {"security": sorted(sorted(need)[0] for need in operation["security"] if need)}
    for parameter in operation.get("parameters", ()):
        if "$ref" in parameter:  # X-Request-ID, which every operation takes
            continue
        need = "required" if parameter.get("required") else "optional"
        yield f"{name} {parameter['in']} {parameter['name']}", {"need": need, **_shape(parameter["schema"])}
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"{name} takes {media_type}", _shape(content["schema"])
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            for media_type, content in answer.get("content", {"nothing": {"schema": {}}}).items():
                yield f"{name} answers {status} {media_type}", _shape(content["schema"])


def _of_schema(name: str, schema: Json) -> Iterator[tuple[str, Json]]:
    yield name, _shape({key: part for key, part in schema.items() if key not in ("properties", "required")})
    for attribute, part in schema.get("properties", {}).items():
        need = "required" if attribute in schema.get("required", ()) else "optional"
        yield f"{name}.{attribute}", {"need": need, **_shape(part)}


def _shape(schema: Json) -> Json:
    """Types (also names of components), choices and bounds."""
    types, choices, bounds = _types(schema), _choices(schema), {}
    for key in (*_LOWER, *_UPPER, "pattern"):
        if key in schema:
            bounds[key] = schema[key]
    return {
        key: value
        for key, value in (("types", sorted(types)), ("choices", sorted(choices)), ("bounds", bounds))
        if value
    }


def _types(schema: Json) -> set[str]:
    if "$ref" in schema:
        return {schema["$ref"].rpartition("/")[2]}
    own = schema.get("type", [])
    found = {own} if isinstance(own, str) else set(own)
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        found |= _types(part)
    if "items" in schema:
        found |= {f"list of {name}" for name in _types(schema["items"])}
    return found


def _choices(schema: Json) -> set[str]:
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    found = {json.dumps(value) for value in values}
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        found |= _choices(part)
    return found


def _bodies(document: Json) -> set[str]:
    parts = [operation.get("requestBody", {}) for operation in _operations(document)]
    return _named(parts)


def _answers(document: Json) -> set[str]:
    return _named([operation["responses"] for operation in _operations(document)])


def _operations(document: Json) -> Iterator[Json]:
    for item in document["paths"].values():
        yield from (part for part in item.values() if isinstance(part, dict) and "responses" in part)


def _named(part: Any) -> set[str]:
    return set(re.findall(r"#/components/schemas/(\w+)", json.dumps(part)))


def _reachable(names: set[str], document: Json) -> list[str]:
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _named(document["components"]["schemas"][name]) - found
    return sorted(found)


def breaking_changes(before: Promises, now: Promises) -> dict[str, str]:
    """What breaks a client that was right before, by what it is about."""
    found = {name: "is gone" for name in before if name not in now}
    for name, promise in now.items():
        if name in before:
            change = _break(name, before[name], promise)
            if change:
                found[name] = change
        elif promise.get("need") == "required" and _is_sent(name) and _owner(name) in before:
            found[name] = "is new and required"
    return found


def _is_sent(name: str) -> bool:
    return not name.startswith("answer ") and " answers " not in name


def _owner(name: str) -> str:
    return name.rpartition(".")[0] if name.startswith("request ") else " ".join(name.split()[:2])


def _break(name: str, before: Json, now: Json) -> str:
    if before.get("security") and before["security"] != now.get("security"):
        return "takes other credentials"
    sent = _is_sent(name)
    wide, narrow = (before, now) if sent else (now, before)
    if before.get("need") != now.get("need") and (now.get("need") == "required") == sent:
        return "is required now" if sent else "may be missing now"
    if not set(wide.get("types", ())) <= set(narrow.get("types", wide.get("types", ()))):
        return f"is {now.get('types')} now"
    if sent and not set(before.get("choices", ())) <= set(now.get("choices", before.get("choices", ()))):
        return f"is one of {now['choices']} now"
    return _tighter(before.get("bounds", {}), now.get("bounds", {})) if sent else ""


def _tighter(before: Json, now: Json) -> str:
    for key, value in now.items():
        old = before.get(key)
        if key == "pattern":
            tighter = old != value
        elif key in _LOWER:
            tighter = old is None or value > old
        else:
            tighter = old is None or value < old
        if tighter:
            return f"has {key} {value} now"
    return ""


def unnamed(changes: Mapping[str, str], changelog: str) -> list[str]:
    """The changes that no line `* Breaking: …` of the unreleased part names, with every word of what it is about."""
    part = changelog.partition("## Unreleased")[2].partition("\n## ")[0]
    lines = [line for line in re.split(r"\n(?=\* )", part) if line.startswith("* Breaking:")]
    return [
        f"{name} {change}"
        for name, change in changes.items()
        if not any(all(word in line for word in re.split(r"[ .]", name) if word) for line in lines)
    ]


def write(promises: Promises, file: Path = FILE) -> None:
    lines = (
        f"{name}\t{json.dumps(promise, separators=(',', ':'))}\n"
        for name, promise in sorted(promises.items())
    )
    file.write_text("".join(lines))


def read(file: Path = FILE) -> dict[str, Json]:
    return {
        name: json.loads(promise)
        for name, _tab, promise in (line.partition("\t") for line in file.read_text().splitlines())
    }


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql://unused")
    import django

    django.setup()
    from config.api_documents import document_of

    write(promises_of(document_of("whole")))
