"""What the first page says of the configuration."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kit.admin.dashboard import Alert, Tile, can_view
from config.kit.admin.urls import list_url
from payments.admin.iban import is_valid_iban
from payments.gateways import registry
from payments.gateways.base import secrets
from payments.models import POS, Bank, BankAccount, BinNumber, Card, Channel, PaymentOption

CHECKED_ACCOUNTS = 2_000
CHECKED_POS = 500


def tiles(request: HttpRequest) -> Iterator[Tile]:
    titles = {
        Channel: _("Channels"),
        POS: _("POS"),
        Bank: _("Banks"),
        Card: _("Cards"),
        PaymentOption: _("Payment options"),
        BinNumber: _("BINs"),
    }
    for model, title in titles.items():
        if can_view(request, model):
            yield Tile(title, model)


def alerts(request: HttpRequest) -> Iterator[Alert]:
    if can_view(request, Channel):
        channels = Channel.objects.filter(is_active=True, default_card__isnull=True)
        text = _("Channels without a default card cannot accept cards with an unknown BIN.")
        yield Alert(text, channels, f"{list_url(Channel)}?default_card_set=no&is_active__exact=1")
    if can_view(request, Card):
        cards = Card.objects.filter(three_d_payment__isnull=True)
        yield Alert(_("Cards without a POS for 3-D Secure."), cards, f"{list_url(Card)}?three_d=no")
    if can_view(request, POS):
        tests = POS.objects.filter(config__mode="TEST")
        yield Alert(_("POS in test mode do not charge real cards."), tests, f"{list_url(POS)}?mode=TEST")
        yield Alert(_("POS with incomplete settings, such as clones without secrets."), *_incomplete_pos())
    if can_view(request, BankAccount):
        ibans = BankAccount.objects.filter(is_active=True).values_list("iban", flat=True)
        wrong = sum(not is_valid_iban(iban) for iban in ibans.order_by("pk")[:CHECKED_ACCOUNTS])
        yield Alert(_("Bank accounts with wrong IBAN check digits."), wrong, list_url(BankAccount))


def _incomplete_pos() -> tuple[int, str]:
    """How many POS their gateway's schema would refuse, and the page of the first one."""
    found = []
    for pos in POS.objects.order_by("pk")[:CHECKED_POS]:
        gateway = registry.find(pos.gateway)
        config = secrets.join(pos.config, pos.secret_config)
        if gateway is None or not gateway.config_class(data=config).is_valid():
            found.append(pos.pk)
    url = reverse("admin:payments_pos_change", args=[found[0]]) if len(found) == 1 else list_url(POS)
    return len(found), url
