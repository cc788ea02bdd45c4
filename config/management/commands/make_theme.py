"""Makes admin/theme.css and admin/symbols.woff2: what is used of unfold's stylesheet and of its font of symbols.

Run it after an update of unfold, or when a page uses a class or symbol for the first time
(tests/config/test_theme.py tells).
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tinycss2
import unfold
from django.conf import settings
from django.contrib import admin
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.ttLib import TTFont

UNFOLD, DJANGO = Path(unfold.__file__).parent, Path(admin.__file__).parent
STATIC = Path(settings.BASE_DIR) / "config" / "static" / "admin"
THEME, SYMBOLS = STATIC / "theme.css", STATIC / "symbols.woff2"
FONT = UNFOLD / "static/unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"
FONT_FACE = (
    '@font-face{font-family:"Material Symbols Outlined";font-style:normal;font-weight:400;font-display:block;'
    'src:url("symbols.woff2") format("woff2")}\n'
)
SUFFIXES = {".html", ".py", ".js"}
OWN = ("templates", "config", "payments", "billing", "vault")
WORD = re.compile(r"(?<=[\"'>}\s])[a-z][a-z0-9_]+(?=[\"'<{\s])")
PLAIN = re.compile(r"[\w:!/-]+")
OUTER = re.compile(r"[\s\"'`<>{}=%]+")
INNER = re.compile(r"[\s\"'`<>{}=%.#,;()\[\]|]+")  # in selectors of scripts
MADE_BY_SCRIPTS = ("select2-", "htmx-")
"""Classes that scripts put together."""
NESTED = {"layer", "media", "supports", "container"}


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        THEME.write_text(theme())
        SYMBOLS.write_bytes(symbols())
        self.stdout.write(f"{THEME.stat().st_size} and {SYMBOLS.stat().st_size} bytes.")


def sources() -> Iterator[Path]:
    """Everything that may name a class of the stylesheet."""
    folders = [Path(settings.BASE_DIR) / name for name in OWN]
    folders += [
        UNFOLD / "templates",
        UNFOLD / "templatetags",
        UNFOLD / "contrib/filters",
        UNFOLD / "static/admin",
    ]
    folders += [DJANGO / "templates", DJANGO / "static/admin/js"]
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES)
    yield from sorted([*UNFOLD.glob("*.py"), *(UNFOLD / "static/unfold/js").glob("*.js")])


def theme() -> str:
    text = "\n".join(path.read_text() for path in sources())
    words = {*OUTER.split(text), *INNER.split(text)}
    css = (UNFOLD / "static/unfold/css/styles.css").read_text()
    rules = tinycss2.parse_stylesheet(css, skip_whitespace=True, skip_comments=True)
    return FONT_FACE + _kept(rules, words, text) + "\n"


def _kept(rules: Iterable[Any], words: set[str], text: str) -> str:
    parts = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [
                part
                for part in split(rule.prelude)
                if all(_is_used(name, words, text) for name in _classes(part))
            ]
            if selectors:
                chosen = ",".join(tinycss2.serialize(part) for part in selectors)
                parts.append(f"{chosen}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTED and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_whitespace=True, skip_comments=True)
            if kept := _kept(inner, words, text):
                parts.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{kept}}}")
        else:
            parts.append(rule.serialize())
    return "".join(parts)


def _is_used(name: str, words: set[str], text: str) -> bool:
    if PLAIN.fullmatch(name):
        return name in words or name.startswith(MADE_BY_SCRIPTS)
    return name in text


def split(prelude: list[Any]) -> list[list[Any]]:
    """At the commas between selectors."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _classes(selector: list[Any]) -> Iterator[str]:
    for before, token in zip(selector, selector[1:], strict=False):
        if before.type == "literal" and before.value == "." and token.type == "ident":
            yield token.value


def symbol_names(path: Path) -> dict[str, str]:
    """What a page writes for each glyph of a font of symbols; some have several names."""
    font = TTFont(path)
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for ligature in ligatures:
                    name = "".join(letters[glyph] for glyph in (first, *ligature.Component))
                    found[name] = ligature.LigGlyph
    return found


def used_symbols() -> set[str]:
    """Words in quotes or between tags that are the name of a symbol."""
    words = set(WORD.findall((UNFOLD / "static/unfold/css/styles.css").read_text()))  # content: "…"
    for path in sources():
        if path.suffix != ".js" or UNFOLD in path.parents or Path(settings.BASE_DIR) in path.parents:
            words.update(WORD.findall(path.read_text().replace("\\_", "_")))
    return words & set(symbol_names(FONT))


def symbols() -> bytes:
    names = symbol_names(FONT)
    options = subset.Options()
    options.flavor, options.layout_closure, options.layout_features = "woff2", False, ["*"]
    options.recalc_timestamp, options.glyph_names = False, True
    font = subset.load_font(str(FONT), options)
    maker = subset.Subsetter(options)
    maker.populate(
        glyphs=sorted(names[word] for word in used_symbols()), text="abcdefghijklmnopqrstuvwxyz0123456789_"
    )
    maker.subset(font)
    target = io.BytesIO()
    subset.save_font(font, target, options)
    return target.getvalue()
