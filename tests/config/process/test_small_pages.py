"""Pages lose their indentation, and nothing that somebody typed."""

import pytest

from config.process.small_pages import small
from payments.models import Bank
from tests.support.factories import PaymentOptionFactory
from tests.support.pages import form_data, list_url, page_url


def test_indentation_goes_and_text_stays():
    page = b"<p>\n        one\n\n        two  three\n</p>"
    assert small(page) == b"<p>\none\ntwo  three\n</p>"


@pytest.mark.parametrize("tag", [b"textarea", b"pre", b"script", b"style"])
def test_what_has_lines_of_its_own_keeps_them(tag):
    kept = b"<" + tag + b' a="b">\n    {\n        "a": 1\n    }\n</' + tag + b">"
    assert small(b"<div>\n    " + kept + b"\n</div>") == b"<div>\n" + kept + b"\n</div>"


@pytest.mark.django_db
def test_a_form_shows_what_was_saved(admin_pages):
    option = PaymentOptionFactory(config={"a": {"b": 1}})
    page = admin_pages.get(page_url(option))
    assert "{\n  &quot;a&quot;: {\n    &quot;b&quot;: 1" in page.content.decode()
    assert form_data(page)["config"] == '{\n  "a": {\n    "b": 1\n  }\n}'


@pytest.mark.django_db
def test_no_line_of_a_page_is_indented(admin_pages):
    assert b"\n    <" not in admin_pages.get(list_url(Bank)).content
