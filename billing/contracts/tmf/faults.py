"""Everything that is wrong with a body, so that one answer names it all."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, ParamSpec, TypeVar, get_args, get_origin

import msgspec

from config.kit.lib.errors import InvalidValueError, InvalidValuesError

P = ParamSpec("P")
T = TypeVar("T")

Fault = tuple[str, str]
"""The path of an attribute, and what is wrong with it."""


class Faults:
    """Collects the errors of checks that do not depend on each other."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def of(self, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What `check` returns; None if it raises InvalidValueError."""
        try:
            return check(*args, **kwargs)
        except InvalidValuesError as error:
            self._found += error.faults
        except InvalidValueError as error:
            self._found.append((error.field, error.message))
        return None

    def raise_found(self) -> None:
        """Raises InvalidValueError, or InvalidValuesError for several."""
        found = list(dict.fromkeys(self._found))  # two checks may look at the same amount
        if len(found) == 1:
            raise InvalidValueError(*found[0])
        if found:
            raise InvalidValuesError(found)


def shape_faults(
    raw: bytes, shape: type[msgspec.Struct], place: Callable[[msgspec.ValidationError], Fault], path: str = ""
) -> Iterator[Fault]:
    """The faults of each attribute by itself: msgspec stops at the first. `place` reads its error."""
    try:
        sent = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError as error:
        yield path, place(error)[1]
        return
    for field in msgspec.structs.fields(shape):
        where = f"{path}.{field.encode_name}" if path else field.encode_name
        if field.encode_name in sent:
            yield from _value_faults(bytes(sent[field.encode_name]), field.type, place, where)
        elif field.required:
            yield path, f"Object missing required field `{field.encode_name}`"


def _value_faults(
    raw: bytes, kind: Any, place: Callable[[msgspec.ValidationError], Fault], path: str
) -> Iterator[Fault]:
    try:
        msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        inner, message = place(error)
        struct, is_list = _struct_of(kind)
        if struct is None or not inner and not message.startswith("Object missing"):
            yield f"{path}{inner and not inner.startswith('[') and '.' or ''}{inner}", message
        elif is_list:
            for index, item in enumerate(msgspec.json.decode(raw, type=list[msgspec.Raw])):
                yield from shape_faults(bytes(item), struct, place, f"{path}[{index}]")
        else:
            yield from shape_faults(raw, struct, place, path)


def _struct_of(kind: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    """The struct that an attribute holds, and whether it holds a list of them."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind, False
    is_list = get_origin(kind) is list
    parts = get_args(kind)[:1] if get_origin(kind) is Annotated else get_args(kind)
    for part in parts:
        struct, inner_list = _struct_of(part)
        if struct is not None:
            return struct, is_list or inner_list
    return None, False
