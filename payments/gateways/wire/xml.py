"""XML as plain nested dicts: an element is its text, or a dict of its children."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

Elements = dict[str, Any]


def to_xml(root: str, elements: Mapping[str, Any], encoding: str) -> bytes:
    """A document in `encoding`; None is an empty element, a character outside it a numeric reference."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{_element(root, elements)}\n'
    return text.encode(encoding, "xmlcharrefreplace")


def from_xml(document: bytes | str) -> tuple[str, Elements]:
    """The root's name and its children; bytes are read in the declared charset.

    Elements of one name become a list. Raises ValueError for anything that is no XML, and for document types,
    entities and external references: banks send none.
    """
    try:
        root = ElementTree.fromstring(document, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, LookupError, ValueError, RecursionError) as error:
        raise ValueError(f"Not readable as XML: {type(error).__name__}") from None
    content = _content(root)
    return root.tag, content if isinstance(content, dict) else {}


def text_at(elements: Mapping[str, Any], *path: str) -> str | None:
    """The stripped text below `path`; None where it is absent, empty or blank."""
    value: Any = elements
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inner = "".join(_element(child, content) for child, content in value.items())
    else:
        inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>"


def _content(element: Any) -> Any:
    if len(element) == 0:
        return element.text or ""
    result: Elements = {}
    for child in element:
        content = _content(child)
        if child.tag not in result:
            result[child.tag] = content
        elif isinstance(result[child.tag], list):
            result[child.tag].append(content)
        else:
            result[child.tag] = [result[child.tag], content]
    return result
