"""What the search box finds of channels, banks and cards. All but BINs are small tables."""

from collections.abc import Iterator
from functools import partial

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.admin.urls import admin_url
from config.kit.search.groups import SHOWN, Group, Hit, named, rows_for
from config.kit.search.terms import Term
from payments.models import POS, Bank, BinNumber, Card, Channel


def groups(request: HttpRequest) -> Iterator[Group]:
    if (pos := rows_for(request, POS)) is not None:
        yield Group(_("POS"), "point_of_sale", partial(_pos, pos))
    if (bins := rows_for(request, BinNumber)) is not None:
        yield Group(_("BINs"), "pin", partial(_bins, bins))
    if (banks := rows_for(request, Bank)) is not None:
        yield Group(_("Banks"), "account_balance", partial(_banks, banks))
    if (cards := rows_for(request, Card)) is not None:
        yield Group(_("Cards"), "credit_card", partial(_cards, cards))
    if (channels := rows_for(request, Channel)) is not None:
        yield Group(_("Channels"), "storefront", partial(_channels, channels))


def _pos(rows: QuerySet[POS], term: Term) -> Iterator[Hit]:
    for pos in named(rows, term, "name", "slug", "gateway").select_related("channel")[:SHOWN]:
        yield Hit(pos.name, admin_url(pos), f"{pos.slug} · {pos.channel}")


def _bins(rows: QuerySet[BinNumber], term: Term) -> Iterator[Hit]:
    """By at least four digits; what is longer than a BIN begins with it."""
    if not 4 <= len(term.number) <= 8:
        return
    found = rows.filter(bin_number__startswith=term.number)
    if len(term.number) > 6:
        found = rows.filter(bin_number__in=[term.number, term.number[:6]])
    for row in found.select_related("card__bank", "channel").order_by("bin_number")[:SHOWN]:
        yield Hit(row.bin_number, admin_url(row), f"{row.card} · {row.card.bank} · {row.channel}")


def _banks(rows: QuerySet[Bank], term: Term) -> Iterator[Hit]:
    for bank in named(rows, term, "name", "slug").select_related("channel")[:SHOWN]:
        yield Hit(bank.name, admin_url(bank), str(bank.channel))


def _cards(rows: QuerySet[Card], term: Term) -> Iterator[Hit]:
    for card in named(rows, term, "name", "slug", "bank__name").select_related("bank", "channel")[:SHOWN]:
        yield Hit(card.name, admin_url(card), f"{card.bank} · {card.channel}")


def _channels(rows: QuerySet[Channel], term: Term) -> Iterator[Hit]:
    for channel in named(rows, term, "name", "slug")[:SHOWN]:
        yield Hit(channel.name, admin_url(channel), channel.slug)
