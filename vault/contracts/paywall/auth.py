"""The headers `apikeyprivate` and `apiclientprivate` name the merchant.

A right pair always gets in, whatever others do meanwhile. Wrong ones are counted by address and by prefix; over the
limit they are told so (429) and leave no trace in the database. What they would have to guess is some 210 bits beyond
the prefix: locking keys, or addresses that a merchant may share, would only serve who wants the merchant locked out.
"""

import re
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from config.kit.contracts.client_ip import client_address, network_of
from vault.contracts.paywall.errors import MISSING_KEYS, WRONG_KEYS, PaywallError
from vault.models import Action, ApiKey
from vault.services.access import Caller, record
from vault.services.keys import find_key, is_usable, is_valid_pair, mark_used

MAX_KEY_LENGTH = 200
_PREFIX = re.compile(r"[A-Za-z0-9]{8}")


class WrongKeyThrottle(SimpleRateThrottle):
    """Counts wrong keys of one address or one prefix."""

    scope = "vault_wrong_key"

    def __init__(self, counted: str) -> None:
        self.counted = counted
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.counted}


class KeyAuthentication(BaseAuthentication):
    """`request.auth` is the Caller. Raises PaywallError."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Caller]:
        private, client = (request.headers.get(name, "") for name in ("apikeyprivate", "apiclientprivate"))
        if not private or not client:
            text = _("The headers apikeyprivate and apiclientprivate are needed.")
            raise PaywallError(MISSING_KEYS, status.HTTP_401_UNAUTHORIZED, text)
        private, client = private[:MAX_KEY_LENGTH], client[:MAX_KEY_LENGTH]
        address = client_address(request)
        key = find_key(private)
        if not is_valid_pair(key, private, client) or key is None:
            raise _refusal(request, key, private, address)
        caller = Caller(merchant=key.merchant, key=key, address=address or None)
        if not is_usable(key, address):
            raise _refusal(request, key, private, address)
        mark_used(key, address)
        return AnonymousUser(), caller

    def authenticate_header(self, request: Request) -> str:
        return "ApiKey"


def _refusal(request: Request, key: ApiKey | None, private: str, address: str) -> PaywallError:
    """The answer to wrong keys, the same for every reason; a known pair's merchant can be told of it by the log."""
    wait = _count(request, private, address)
    if wait is not None:
        text = _("Too many wrong keys. Try again later.")
        return PaywallError(status.HTTP_429_TOO_MANY_REQUESTS, status.HTTP_429_TOO_MANY_REQUESTS, text, wait)
    if key is not None:
        caller = Caller(merchant=key.merchant, key=key, address=address or None)
        record(caller, Action.REFUSE, error_code=WRONG_KEYS, detail=str(key.status.label))
    return PaywallError(WRONG_KEYS, status.HTTP_401_UNAUTHORIZED, _("The keys are not valid."))


def _count(request: Request, private: str, address: str) -> float | None:
    """Count a wrong pair; how long to wait where it was one too many, in seconds."""
    prefix = private[: ApiKey.PREFIX_LENGTH]
    counted = [f"address {network_of(address)}"]
    counted += [f"prefix {prefix}"] if _PREFIX.fullmatch(prefix) else []
    throttles = [WrongKeyThrottle(name.replace(" ", ":")) for name in counted]
    refused = [throttle for throttle in throttles if not throttle.allow_request(request, None)]  # type: ignore[arg-type]
    return max((throttle.wait() or 0 for throttle in refused), default=None)
