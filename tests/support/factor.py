"""People with an authenticator app, and the codes that it shows."""

import base64

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp

from config.kit.factors.models import AuthenticatorApp

PASSWORD = "correct horse battery"
ASK, ADD = "/admin/second-factor/ask/", "/admin/second-factor/add/"


def give_app(user: User) -> AuthenticatorApp:
    return AuthenticatorApp.objects.create(user=user, name="Phone")


def code_of(app: AuthenticatorApp, steps: int = 0) -> str:
    """As the app shows it now; `steps` later or earlier, which the clock's tolerance allows for 1."""
    key = base64.b32decode(app.secret)
    return f"{totp(key, drift=steps):06d}"


def with_password(user: User, **environment: str) -> Client:
    """A browser in which the password was typed in, and nothing else."""
    pages = Client(**environment)
    assert pages.post("/admin/login/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return pages


def logged_in(user: User, app: AuthenticatorApp) -> Client:
    pages = with_password(user)
    assert pages.post(ASK, {"factor_code": code_of(app)}).status_code == 302
    AuthenticatorApp.objects.filter(pk=app.pk).update(last_step=-1)  # the test may show a code once more
    return pages


def let_time_pass(pages: Client, seconds: int) -> None:
    """Since the factor was shown."""
    session = pages.session
    session["factor_confirmed_at"] -= seconds
    session.save()
