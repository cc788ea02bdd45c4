"""The search box of the desk: finds by what a customer or a bank says, and pages by their names."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.contrib import admin
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from billing.admin import search as billing
from config.kit.admin.search import clean_term
from config.kit.boundary import card_number_message
from config.kit.identity import search as identity
from config.kit.lib.card_numbers import holds_card_number
from config.kit.lib.database import look_ups
from config.kit.lib.folding import words_of
from config.kit.refusal import takes_card_numbers
from config.kit.search.groups import SHOWN, Group, Hit
from config.kit.search.terms import LONGEST, Term
from config.menu import navigation
from payments.admin import search as payments

MILLISECONDS = 1_500
"""What a search may take of the database, all its look-ups together being far below."""


@takes_card_numbers  # which are refused here, without a look-up or a trace
@never_cache
@require_http_methods(["GET", "POST"])
def search_page(request: HttpRequest) -> HttpResponse:
    """Posted, so that what was typed is in no log and no history. The box asks for the list alone (`part`)."""
    text = clean_term(request.POST.get("q", ""))[:LONGEST]
    context = {"query": text, **_results(request, text)}
    if "part" in request.POST:
        return render(request, "admin/search/results.html", context)
    context |= {**admin.site.each_context(request), "title": _("Search")}
    return render(request, "admin/search/page.html", context)


def _results(request: HttpRequest, text: str) -> dict[str, Any]:
    if not text:
        return {}
    if holds_card_number(text):
        return {"query": "", "refused": card_number_message()}
    term = Term(text)
    groups = _groups(request)
    try:
        with look_ups(MILLISECONDS):
            found = [(group, list(group.find(term))) for group in groups]
    except OperationalError:
        return {"refused": _("This takes too long. Type more of what you know.")}
    return {
        "found": [(group, hits) for group, hits in found if hits],
        "count": sum(len(hits) for _group, hits in found),
        "searched": [group.title for group in groups],
        "clues": term.clues.shown(),
    }


def _groups(request: HttpRequest) -> list[Group]:
    pages = Group(_("Pages"), "web", lambda term: _pages(request, term))
    found = chain(billing.groups(request), payments.groups(request), identity.groups(request), [pages])
    return list(found)


def _pages(request: HttpRequest, term: Term) -> Iterator[Hit]:
    """The entries of the sidebar, which has those only that the viewer may open."""
    entries = [(group["title"], entry) for group in navigation(request) for entry in group["items"]]
    fitting = [Hit(entry["title"], entry["link"], title) for title, entry in entries if _fits(entry, term)]
    yield from fitting[:SHOWN]


def _fits(entry: dict[str, Any], term: Term) -> bool:
    words = words_of(str(entry["title"]))
    return bool(term.names) and all(any(word.startswith(typed) for word in words) for typed in term.names)
