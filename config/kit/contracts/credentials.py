"""Credentials that several contracts share. Others are in the contract's `auth.py`."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, User
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed
from rest_framework_simplejwt.tokens import AccessToken, Token

from config.kit.identity.access import access_of, contracts_of
from config.kit.identity.models import Contract

AUDIENCE = "aud"
GENERATION = "gen"


def issue_token(user: AbstractBaseUser, *, login: Contract) -> AccessToken:
    """A JWT of a user who has logged in at one contract, for the contracts that the user is for."""
    token = AccessToken.for_user(user)
    access = access_of(user)
    token[AUDIENCE] = sorted(contracts_of(user, login=login))
    token[GENERATION] = access.token_generation if access else 0
    return token


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <JWT>`, issued for `contract`. Raises AuthenticationFailed for any other token."""

    contract: ClassVar[Contract]

    def get_user(self, validated_token: Token) -> Any:
        """One query: the limits come with the user."""
        users = User.objects.select_related("access")
        user = users.filter(pk=validated_token.get("user_id"), is_active=True).first()
        if user is None or not self._is_for(user, validated_token):
            raise AuthenticationFailed("This token is not valid here.", code="token_not_valid")
        return user

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


class AnyCaseBearerAuthentication(BearerAuthentication):
    """The same with the scheme in any case (`bearer`, `BEARER`)."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        parts = header.split()
        return parts[1] if len(parts) == 2 and parts[0].lower() == b"bearer" else None
