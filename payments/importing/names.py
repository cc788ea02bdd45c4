"""Bank names and slugs for the names of a list. Spellings of one bank: fixtures/bank_aliases.csv."""

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from django.conf import settings
from django.utils.text import slugify

from config.kit.lib.turkish import ascii_turkish

_LEGAL_FORM = re.compile(r"(?:-(?:t-?a-?[so]|a-?s|anonim-sirketi|ltd(?:-sti)?))+$")

# Lists use ASCII capitals. Words of bank names that have no alias.
_WORDS = {
    "BANKASI": "Bankası",
    "DIS": "Dış",
    "HIZMETLERI": "Hizmetleri",
    "KATILIM": "Katılım",
    "KURULUSU": "Kuruluşu",
    "ODEME": "Ödeme",
    "TURK": "Türk",
    "TURKIYE": "Türkiye",
    "VE": "ve",
    "YATIRIM": "Yatırım",
}


@dataclass(frozen=True)
class BankName:
    name: str
    slug: str


def slug_of(name: str, *, max_length: int = 128) -> str:
    """`Türkiye İş Bankası` → `turkiye-is-bankasi`; names of other scripts keep their letters.

    Empty where the name has no letter or digit.
    """
    return slugify(ascii_turkish(name), allow_unicode=True)[:max_length].strip("-_")


@lru_cache(maxsize=10_000)
def recognize_bank(issuer: str) -> BankName:
    """The bank that a list means: `T. VAKIFLAR BANKASI T.A.O` → VakıfBank. Without alias: tidied."""
    name = _aliases().get(_folded(issuer)) or _tidied(issuer)
    return BankName(name, slug_of(name))


@cache
def _aliases() -> dict[str, str]:
    with open(settings.FILES_DIR / "fixtures" / "bank_aliases.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    own = {_folded(row["bank"]): row["bank"] for row in rows}
    return own | {_folded(row["spelling"]): row["bank"] for row in rows}


def _folded(issuer: str) -> str:
    """A spelling without case, dots, commas, Turkish letters and the company's legal form."""
    return _LEGAL_FORM.sub("", slug_of(issuer))


def _tidied(issuer: str) -> str:
    """`VEPARA ODEME VE ELEKTRONIK PARA HIZMETLERI AS` → `Vepara Ödeme ve Elektronik Para Hizmetleri`."""
    words = re.sub(r"\s+", " ", issuer).strip(" ,.").split(" ")
    prefixes = (" ".join(words[:count]) for count in range(1, len(words) + 1))
    text = next(prefix for prefix in prefixes if _folded(prefix) == _folded(issuer)).strip(" ,.")
    if text != text.upper():
        return text  # mixed case: written by a person, kept
    return " ".join(_WORDS.get(word, word.capitalize()) for word in text.split(" "))
