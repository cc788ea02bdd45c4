"""The first page: what is configured, and what needs somebody's attention."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.admin.iban import is_valid_iban
from payments.gateways import registry, secrets
from payments.models import POS, Bank, BankAccount, BinNumber, Card, Channel, PaymentOption

CHECKED_ACCOUNTS = 2_000
CHECKED_POS = 500
COUNTED_ROWS = 10_000


@dataclass(frozen=True)
class Tile:
    title: str
    count: int
    url: str
    is_estimate: bool = False


@dataclass(frozen=True)
class Attention:
    text: str
    count: int
    url: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """For UNFOLD's DASHBOARD_CALLBACK: a fixed number of queries, none over a large table."""
    return context | {
        "tiles": list(_tiles(request)),
        "warnings": [item for item in _warnings(request) if item.count],
    }


def _tiles(request: HttpRequest) -> Any:
    titles = {
        Channel: _("Channels"),
        POS: _("POS"),
        Bank: _("Banks"),
        Card: _("Cards"),
        PaymentOption: _("Payment options"),
    }
    for model, title in titles.items():
        if _may_see(request, model):
            yield Tile(title, model._default_manager.count(), _list(model))
    if _may_see(request, BinNumber):
        yield _large_tile(_("BINs"), BinNumber)


def _warnings(request: HttpRequest) -> Any:
    if _may_see(request, Channel):
        channels = Channel.objects.filter(is_active=True, default_card__isnull=True)
        text = _("Channels without a default card: cards with an unknown BIN can't pay there.")
        yield Attention(text, channels.count(), f"{_list(Channel)}?default_card_set=no&is_active__exact=1")
    if _may_see(request, Card):
        cards = Card.objects.filter(three_d_payment__isnull=True).count()
        yield Attention(_("Cards without a POS for 3-D Secure."), cards, f"{_list(Card)}?three_d=no")
    if _may_see(request, POS):
        tests = POS.objects.filter(config__mode="TEST").count()
        yield Attention(_("POS in test mode: no money is taken on them."), tests, f"{_list(POS)}?mode=TEST")
        yield Attention(
            _("POS with incomplete settings, for example clones without secrets."), *_incomplete_pos()
        )
    if _may_see(request, BankAccount):
        ibans = BankAccount.objects.filter(is_active=True).values_list("iban", flat=True)
        wrong = sum(not is_valid_iban(iban) for iban in ibans.order_by("pk")[:CHECKED_ACCOUNTS])
        yield Attention(_("Bank accounts whose IBAN has wrong check digits."), wrong, _list(BankAccount))


def _incomplete_pos() -> tuple[int, str]:
    """How many POS their gateway's schema would refuse, and the page of the first one."""
    found = []
    for pos in POS.objects.order_by("pk")[:CHECKED_POS]:
        gateway = registry.find(pos.gateway)
        config = secrets.join(pos.config, pos.secret_config)
        if gateway is None or not gateway.config_class(data=config).is_valid():
            found.append(pos.pk)
    url = reverse("admin:payments_pos_change", args=[found[0]]) if len(found) == 1 else _list(POS)
    return len(found), url


def _may_see(request: HttpRequest, model: Any) -> bool:
    return bool(request.user.has_perm(f"payments.view_{model._meta.model_name}"))


def _list(model: Any) -> str:
    return reverse(f"admin:payments_{model._meta.model_name}_changelist")


def _large_tile(title: str, model: Any) -> Tile:
    """Exact as long as that is cheap, else PostgreSQL's own idea: counting a million rows takes a second."""
    count = model._default_manager.all()[: COUNTED_ROWS + 1].count()
    if count <= COUNTED_ROWS:
        return Tile(title, count, _list(model))
    return Tile(title, max(count, _estimate(model)), _list(model), is_estimate=True)


def _estimate(model: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        return int(cursor.fetchone()[0])
