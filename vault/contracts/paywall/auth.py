"""The headers `apikeyprivate` and `apiclientprivate` name the merchant.

A valid pair is always accepted, whatever others send meanwhile. Wrong pairs are counted by address and by prefix; over
the limit they are answered 429 and leave no trace in the database. Neither keys nor addresses are ever locked: an
attacker would have to guess some 210 bits beyond the prefix, and a lock-out would only help to lock a merchant out.
"""

import re

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from config.kit.contracts.client_ip import client_ip, network_of
from config.kit.contracts.throttles import count_attempt
from vault.contracts.paywall.errors import MISSING_KEYS, WRONG_KEYS, PaywallError
from vault.models import Action, ApiKey
from vault.services.access import Actor, log_access
from vault.services.keys import find_key, is_usable, is_valid_pair, mark_used

MAX_KEY_LENGTH = 200
_PREFIX = re.compile(r"[A-Za-z0-9]{8}")


class KeyAuthentication(BaseAuthentication):
    """`request.auth` is the Actor. Raises PaywallError."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Actor]:
        private, client = (request.headers.get(name, "") for name in ("apikeyprivate", "apiclientprivate"))
        if not private or not client:
            text = _("The headers apikeyprivate and apiclientprivate are needed.")
            raise PaywallError(MISSING_KEYS, text, 401)
        private, client = private[:MAX_KEY_LENGTH], client[:MAX_KEY_LENGTH]
        address = client_ip(request)
        key = find_key(private)
        if not is_valid_pair(key, private, client) or key is None:
            raise _refusal(key, private, address)
        actor = Actor(merchant=key.merchant, key=key, address=address or None)
        if not is_usable(key, address):
            raise _refusal(key, private, address)
        mark_used(key, address)
        return AnonymousUser(), actor

    def authenticate_header(self, request: Request) -> str:
        return "ApiKey"


def _refusal(key: ApiKey | None, private: str, address: str) -> PaywallError:
    """The same answer for every reason. If the pair is known, the access log tells its merchant."""
    wait = _count_wrong_key(private, address)
    if wait is not None:
        text = _("Too many wrong keys. Try again later.")
        return PaywallError(429, text, 429, headers={"Retry-After": str(int(wait) + 1)})
    if key is not None:
        actor = Actor(merchant=key.merchant, key=key, address=address or None)
        log_access(actor, Action.REFUSE, error_code=WRONG_KEYS, detail=str(key.status.label))
    return PaywallError(WRONG_KEYS, _("The keys are not valid."), 401)


def _count_wrong_key(private: str, address: str) -> float | None:
    """Seconds to wait if this address, or this prefix, has sent one wrong key too many."""
    prefix = private[: ApiKey.PREFIX_LENGTH]
    counted = [f"address:{network_of(address)}"]
    counted += [f"prefix:{prefix}"] if _PREFIX.fullmatch(prefix) else []
    waits = [count_attempt("vault_wrong_key", ident) for ident in counted]
    return max((wait for wait in waits if wait is not None), default=None)
