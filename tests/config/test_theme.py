"""The stylesheet and the symbols that are made from unfold's hold everything that a page names."""

import re

import tinycss2
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from config.management.commands import make_theme

ADVICE = "Run `python manage.py make_theme`."
OTHERS = ["unfold", "rest_framework", "drf_spectacular_sidecar", "django_*", "js", "img", "css"]
PRODUCTION = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}


def selectors(css: str) -> set[str]:
    """Of all rules, also inside of layers and media queries."""
    found: set[str] = set()

    def read(rules) -> None:
        for rule in rules:
            if rule.type == "qualified-rule":
                found.update(tinycss2.serialize(part).strip() for part in make_theme.split(rule.prelude))
            elif rule.type == "at-rule" and rule.content and rule.lower_at_keyword in make_theme.NESTED:
                read(tinycss2.parse_rule_list(rule.content, skip_whitespace=True))

    read(tinycss2.parse_stylesheet(css, skip_whitespace=True, skip_comments=True))
    return found


def test_no_class_is_missing():
    assert selectors(make_theme.theme()) - selectors(make_theme.THEME.read_text()) == set(), ADVICE


def test_no_symbol_is_missing():
    known = set(make_theme.symbol_names(make_theme.SYMBOLS))
    assert make_theme.used_symbols() - known == set(), ADVICE
    assert {
        "search",
        "payments",
        "undo",
        "filter_list",
        "radio_button_unchecked",
        "check_small",
        "remove_circle",
    } <= known


def test_a_class_that_nobody_names_is_left_out():
    assert len(make_theme.THEME.read_text()) < 160_000
    assert ".flex" in selectors(make_theme.THEME.read_text())


def test_in_production_files_are_named_by_their_content_and_kept_for_ever(tmp_path):
    with override_settings(STORAGES=PRODUCTION, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=OTHERS)
        url = staticfiles_storage.url("admin/theme.css")
        assert re.fullmatch(r"/static/admin/theme\.[0-9a-f]{12}\.css", url)
        stored = tmp_path / url.removeprefix("/static/")
        assert re.search(r"url\(\"symbols\.[0-9a-f]{12}\.woff2\"\)", stored.read_text())
        server = WhiteNoiseMiddleware(lambda request: None)
        assert server.immutable_file_test(str(stored), url)
