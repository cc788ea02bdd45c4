"""Where the addresses of a POS may point. A POS sends the bank's password, card numbers and CVC there."""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from config.kit.lib.errors import InvalidValueError
from payments.gateways import registry
from payments.gateways.base.gateway import Gateway
from payments.models import POS, PosVersion

ANY_HOST = "*"
ADDRESS_FIELDS = ("resource_url", "three_d_resource_url")


def check_addresses(pos: POS | PosVersion, fields: tuple[str, ...] = ADDRESS_FIELDS) -> None:
    """Raises InvalidValueError for an address that is not one of the gateway's hosts or of GATEWAY_HOSTS_ALLOWED."""
    gateway = registry.find(pos.gateway)
    for field in fields:
        url = getattr(pos, field)
        if url and gateway is not None:
            _check(field, url, gateway)


def are_allowed(pos: POS | PosVersion) -> bool:
    try:
        check_addresses(pos)
    except InvalidValueError:
        return False
    return True


def is_any_host_allowed() -> bool:
    """Development only: plain HTTP and private addresses, too. config.E010 refuses it in production."""
    return ANY_HOST in settings.GATEWAY_HOSTS_ALLOWED


def _check(field: str, url: str, gateway: type[Gateway]) -> None:
    parts = _split(url)
    if parts is None:
        raise InvalidValueError(field, _("Enter a valid URL."))
    if is_any_host_allowed():
        return
    if parts.scheme != "https":
        raise InvalidValueError(field, _("The address must begin with https://."))
    is_called = gateway.is_operable and not gateway.is_simulated
    if is_called and parts.hostname not in gateway.hosts.union(settings.GATEWAY_HOSTS_ALLOWED):
        raise InvalidValueError(
            field,
            _("%(host)s is not a known host of %(gateway)s. An administrator can allow it.")
            % {"host": parts.hostname, "gateway": gateway.name},
        )


def _split(url: str) -> SplitResult | None:
    """None for what browsers, proxies and libraries might read as different hosts."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0  # raises ValueError for an invalid one
    except ValueError:
        return None
    is_plain = has_port and parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return parts if is_plain else None
