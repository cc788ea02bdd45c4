"""Names as people type them: any case, any order of the words, with or without the letters of Turkish.

The same rule twice: `words_of` in Python for what is typed, `search_words` in PostgreSQL for what is stored. The
function is immutable and needs no extension, so that a GIN index on it answers the start of every word.
"""

import re
import unicodedata
from typing import Any

from django.db.models import BooleanField, Func, Value

# NFKD leaves every letter before its marks; the dotless ı has none. Upper case is folded after that, ASCII only, as the
# collation "C" does: the same on every server.
_MARKS = re.compile("[\u0300-\u036f]")
_BETWEEN_WORDS = re.compile("[\x01-/:-@\\[-`{-\x7f]+")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZı", "abcdefghijklmnopqrstuvwxyzi")

CREATE_SEARCH_WORDS = r"""
    CREATE FUNCTION search_words(value text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_tsvector(array_remove(regexp_split_to_array(
        lower(translate(regexp_replace(normalize(value, NFKD), U&'[\0300-\036F]', '', 'g'), 'ı', 'i') COLLATE "C"),
        U&'[\0001-/:-@\005C[-`{-\007F]+'
    ), ''))
"""
DROP_SEARCH_WORDS = "DROP FUNCTION search_words(text)"


def fold(text: str) -> str:
    """`IŞIK` and `ışık` → `isik`."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_LOWER)


def words_of(text: str) -> list[str]:
    """`Yapı Kredi A.Ş.` → `yapi`, `kredi`, `a`, `s`."""
    return [word for word in _BETWEEN_WORDS.split(fold(text)) if word]


class SearchWords(Func):
    """The words of a column. An index on it serves `has_words`."""

    function = "search_words"
    output_field: Any = BooleanField()  # a tsvector; Django only hands it on


class _HasWords(Func):
    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field: Any = BooleanField()


def has_words(column: Any, words: list[str]) -> Func:
    """The condition that each of `words` (of `words_of`) begins a word of the column."""
    return _HasWords(SearchWords(column), Value(" & ".join(f"'{word}':*" for word in words)))
