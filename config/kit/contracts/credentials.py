"""Credentials that several contracts share. Others are in the contract's `auth.py`."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, User
from django.utils import timezone
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed
from rest_framework_simplejwt.tokens import Token

from config.kit.contracts.client_ip import client_ip
from config.kit.contracts.tokens import UserToken
from config.kit.identity import logins
from config.kit.identity.access import access_of, contracts_of
from config.kit.identity.models import Contract, LoginKind

AUDIENCE = "aud"
GENERATION = "gen"


def issue_token(
    user: AbstractBaseUser, *, login: Contract, lifetime: timedelta, address: str = ""
) -> UserToken:
    """A JWT of a user who has logged in at one contract, for the contracts that the user is for."""
    token = UserToken.for_user(user)
    access = access_of(user)
    token[AUDIENCE] = sorted(contracts_of(user, login=login))
    token[GENERATION] = access.token_generation if access else 0
    token.set_exp(lifetime=lifetime)
    logins.record(
        user.pk,
        LoginKind.JWT,
        token["jti"],
        contract=login,
        address=address,
        expires_at=timezone.now() + lifetime,
    )
    return token


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <JWT>`, the scheme in any case of letters, issued for `contract`.

    Raises AuthenticationFailed for any other token.
    """

    contract: ClassVar[Contract]

    def get_raw_token(self, header: bytes) -> bytes | None:
        """None for another scheme, which another class may know. Raises AuthenticationFailed."""
        scheme, *rest = header.split() or [b""]
        return super().get_raw_token(b" ".join([b"Bearer", *rest])) if scheme.lower() == b"bearer" else None

    def get_user(self, validated_token: Token) -> Any:
        """One query: the limits come with the user, and so does whether the token was ended."""
        ended = logins.has_ended(str(validated_token.get("jti")))
        users = User.objects.select_related("access").annotate(token_has_ended=ended)
        user = users.filter(pk=validated_token.get("user_id"), is_active=True).first()
        if user is None or user.token_has_ended or not self._is_for(user, validated_token):
            raise AuthenticationFailed("This token is not valid here.", code="token_not_valid")
        return user

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        found = super().authenticate(request)
        if found is not None:
            logins.mark_used(str(found[1]["jti"]), client_ip(request))
        return found

    def _is_for(self, user: User, token: Token) -> bool:
        """The user may have lost the contract since, or ended all tokens. Without an audience a token is for the
        contracts that are the user's without a log-in.
        """
        access = access_of(user)
        if token.get(GENERATION, 0) != (access.token_generation if access else 0):
            return False
        audience = token.get(AUDIENCE)
        login = self.contract if audience is not None else None
        known = contracts_of(user, login=login)
        return self.contract in known and (audience is None or self.contract in audience)
