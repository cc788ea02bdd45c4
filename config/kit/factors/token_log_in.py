"""Log-in of APIs that give a token or key for a password: people with a second factor show it here, too."""

from django.contrib.auth import authenticate as check_password
from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.request import Request

from config.kit.factors import policy
from config.kit.factors.codes import TooManyCodesError, find_device

HEADER = "X-OTP"
"""Code of an authenticator app, or a recovery code. A header, as the contracts' bodies are fixed."""


def authenticate(request: Request | HttpRequest, *, username: str, password: str) -> User | None:
    """Like django.contrib.auth.authenticate. A missing or wrong code is answered like a wrong password."""
    user = check_password(request, username=username, password=password)
    if user is None or not (policy.is_required(user) or policy.has_factor(user)):
        return user
    code = request.headers.get(HEADER, "")
    try:
        return user if code and find_device(user, code) else None
    except TooManyCodesError:
        return None
