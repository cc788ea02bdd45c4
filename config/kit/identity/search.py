"""People, in the search box."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.admin.urls import admin_url
from config.kit.search.groups import SHOWN, Group, Hit, named, rows_for
from config.kit.search.terms import Term


def groups(request: HttpRequest) -> Iterator[Group]:
    if (people := rows_for(request, User)) is not None:
        yield Group(_("People"), "person", partial(_people, people))


def _people(rows: QuerySet[Any], term: Term) -> Iterator[Hit]:
    for person in named(rows, term, "username", "first_name", "last_name", "email")[:SHOWN]:
        detail = " · ".join(filter(None, (person.get_full_name(), person.email)))
        yield Hit(person.username, admin_url(person), detail)
