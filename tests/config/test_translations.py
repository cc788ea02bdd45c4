"""The Turkish catalogue: every text of the project is in it, and the compiled file is of this text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "config" / "locale" / "tr" / "LC_MESSAGES"
SOURCES = ("config", "payments", "billing", "vault")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "lazystr"}
PLACE = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w*)\}(?!\})")
TRANSLATE = re.compile(r"""^trans(?:late)?\s+(?:"([^"]*)"|'([^']*)')""")


def test_the_compiled_file_is_of_this_text():
    text, compiled = polib.pofile(str(FOLDER / "django.po")), polib.mofile(str(FOLDER / "django.mo"))
    assert {entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in text} == {
        entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in compiled
    }


def test_every_text_of_the_project_is_translated():
    catalogue = polib.pofile(str(FOLDER / "django.po"))
    known = {entry.msgid for entry in catalogue if entry.translated() and not entry.fuzzy}
    missing = {text: where for text, where in _texts() if text not in known}
    assert not missing


def test_translations_keep_the_places_of_values():
    for entry in polib.pofile(str(FOLDER / "django.po")):
        for translated in [entry.msgstr, *entry.msgstr_plural.values()]:
            if translated:
                assert set(PLACE.findall(entry.msgid)) == set(PLACE.findall(translated)), entry.msgid


@pytest.mark.parametrize("name", ["_", "gettext"])
def test_the_reader_of_sources_finds_texts(tmp_path, name):
    (tmp_path / "a.py").write_text(f'{name}("one" " two")')
    assert list(_of_python(tmp_path / "a.py")) == ["one two"]


def _texts() -> Iterator[tuple[str, str]]:
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield from ((text, str(path.relative_to(ROOT))) for text in _of_python(path))
    for path in (ROOT / "templates").rglob("*.html"):
        yield from ((text, str(path.relative_to(ROOT))) for text in _of_template(path))


def _of_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in CALLS
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _of_template(path: Path) -> Iterator[str]:
    block: list[str] | None = None
    for token in Lexer(path.read_text()).tokenize():
        if token.token_type == TokenType.BLOCK and token.contents.startswith("blocktrans"):
            block = []
        elif token.token_type == TokenType.BLOCK and token.contents.startswith("endblocktrans"):
            if block is not None:
                yield " ".join("".join(block).split())
            block = None
        elif block is not None and token.contents == "plural":
            yield " ".join("".join(block).split())  # the catalogue has it under its singular
            block = None
        elif block is not None:
            block.append(f"%({token.contents})s" if token.token_type == TokenType.VAR else token.contents)
        elif token.token_type == TokenType.BLOCK and (found := TRANSLATE.match(token.contents)):
            yield (found[1] or found[2]).replace("%", "%%")
