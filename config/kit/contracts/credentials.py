"""Credentials that several contracts share. Others are in the contract's `auth.py`."""

from rest_framework_simplejwt.authentication import JWTAuthentication


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <JWT>`. Raises AuthenticationFailed for a token that is not valid."""


class AnyCaseBearerAuthentication(BearerAuthentication):
    """The same with the scheme in any case (`bearer`, `BEARER`)."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        parts = header.split()
        return parts[1] if len(parts) == 2 and parts[0].lower() == b"bearer" else None
