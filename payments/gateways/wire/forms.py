"""Forms as banks post them: bodies in one of two charsets, and pages that post themselves."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl

TURKISH = "iso-8859-9"
MAX_FIELDS = 500


class AmbiguousFormError(ValueError):
    """One name came with two values: what was signed and what is read could differ."""


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form-encoded body or query string, UTF-8 or else ISO-8859-9, empty values kept.

    Raises ValueError for too many fields, AmbiguousFormError for a name with two different values.
    """
    try:
        pairs = _pairs(body, "utf-8")
    except UnicodeDecodeError:
        pairs = _pairs(body, TURKISH)
    return _unique(pairs)


def _pairs(body: bytes, charset: str) -> list[tuple[str, str]]:
    text = body.decode(charset)
    return parse_qsl(
        text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=MAX_FIELDS
    )


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in pairs:
        if fields.setdefault(name, value) != value:
            raise AmbiguousFormError(f"The field {name[:64]!r} came with two values.")
    return fields


@dataclass(frozen=True)
class HtmlForm:
    """The form of a page that posts itself. The values may hold card data, so they are in no repr."""

    name: str
    method: str
    action: str
    inputs: dict[str, str] = field(repr=False)


def read_autopost_page(html: str) -> HtmlForm:
    """The one form of `html` with its named inputs (buttons without a name are left out).

    Raises ValueError where the page has no form or several, AmbiguousFormError as `read_form`.
    """
    parser = _FormParser()
    parser.feed(html)
    parser.close()
    if len(parser.forms) != 1:
        raise ValueError(f"The page has {len(parser.forms)} forms, not one.")
    form = parser.forms[0]
    return HtmlForm(
        name=form.get("name") or form.get("id") or "",
        method=(form.get("method") or "GET").upper(),
        action=form.get("action") or "",
        inputs=_unique(parser.inputs),
    )


class _FormParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, str | None]] = []
        self.inputs: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.forms.append(values)
        elif tag == "input" and self.forms and (name := values.get("name")):
            self.inputs.append((name, values.get("value") or ""))
