"""Every page in one language, Turkish or English, and capitals, amounts and days as that language writes them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from tests.browser.conftest import open_page
from tests.browser.office import make_office, model_pages, other_pages

ENGLISH = frozenset((Path(__file__).parent / "english_words.txt").read_text().split())
TURKISH = re.compile(
    r"\b\w*[ğşıİ]\w*|(?<![’'])\b(?:ve|bir|ile|için|ödeme|iade|tutar|tarih|durum|kaydet|sil|ekle)\b"
)
OWN = re.compile(r"Ayşe|Vakıf|Türkçe|Yapı Kredi|İş Bankası|İADE|İPTAL|İşlem (?:Tipi|Tarihi)|Sipariş No")
"""Names of people, banks and languages, and what a bank writes in its lists."""
ENGLISH_MONEY = re.compile(r"₺\s?\d|\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b")
TURKISH_MONEY = re.compile(r"\d\s?₺")
WRONG_CAPITAL = re.compile(r"\bI(?=ade|ptal|şlem|mza|çin|stek|nternet|lk|ki|zin|stemci)\w*|\bİ(?=yzico)\w*")
ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "data-label")
NO_TEXT = ("script", "style", "textarea", "code", "pre")
VOID = ("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")


class Texts(HTMLParser):
    """What a page shows or a screen reader reads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [value for name in ATTRIBUTES if (value := values.get(name))]
        if tag == "input" and values.get("type") in ("submit", "button"):
            self.found.append(values.get("value") or "")
        if tag not in VOID:
            is_symbol = "material-symbols" in (values.get("class") or "")
            self.tags.append(tag in NO_TEXT or is_symbol or values.get("translate") == "no")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.tags:
            self.tags.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.tags):
            self.found.append(data)


def texts_of(page: str) -> list[str]:
    parser = Texts()
    parser.feed(page)
    return parser.found


def words_of(text: str) -> set[str]:
    """Without identifiers (joined by dots, slashes, underscores or digits, or before a colon) and codes in capitals."""
    text = re.sub(r"› [\w.]+", "", text)  # the key in a history of JSON
    words = {word.rstrip(".") for word in re.split(r"[\s,;!?()\"“”…–]+", text)}
    return {word.lower() for word in words if re.fullmatch(r"[^\W\d_]+", word) and not word.isupper()}


@pytest.fixture
def office(ada):
    return make_office()


def pages_in(language: str, office, user) -> Iterator[tuple[str, str]]:
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    for name, url in {**other_pages(office), **model_pages()}.items():
        answer = client.get(url)
        if answer.status_code == 200:
            yield name, answer.content.decode()
    yield "log-in", Client(headers={"Accept-Language": language}).get("/admin/login/").content.decode()


def test_turkish_pages(office, ada):
    """No English word, money and days as Turkish writes them, no dotless I for a dotted one."""
    faults: dict[str, set[str]] = {}
    for name, page in pages_in("tr", office, ada):
        for text in texts_of(page):
            if ENGLISH & words_of(text) or ENGLISH_MONEY.search(text) or WRONG_CAPITAL.search(text):
                faults.setdefault(" ".join(text.split()), set()).add(name)
    assert faults == {}


def test_english_pages(office, ada):
    faults: dict[str, set[str]] = {}
    for name, page in pages_in("en", office, ada):
        for text in texts_of(page):
            if TURKISH.search(OWN.sub("", text)) or TURKISH_MONEY.search(text):
                faults.setdefault(" ".join(text.split()), set()).add(name)
    assert faults == {}


def test_no_style_changes_capitals(chromium, live_server, ada, office):
    """CSS makes "İyzico" of "iyzico" on a Turkish page."""
    script = """() => [...document.querySelectorAll("body *")].flatMap((element) => ["", "::before"].map((part) => {
        const style = getComputedStyle(element, part);
        const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        const text = part ? style.content : own.map((node) => node.data).join("");
        return style.textTransform !== "none" && /[iı]/.test(text) ? text.trim() : "";
    })).filter(Boolean)"""
    with open_page(chromium, live_server, ada, locale="tr-TR", size="narrow") as page:
        for path in ("", "billing/payment/", "payments/pos/", "payments/card/add/"):
            page.goto(f"/admin/{path}")
            assert page.evaluate(script) == []
