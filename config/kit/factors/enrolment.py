"""Adding and removing factors. Each leaves an entry in the log of the user's page."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.models import Device

from config.kit.audit.log import record
from config.kit.audit.models import Action
from config.kit.factors import policy, session
from config.kit.factors.codes import find_device
from config.kit.factors.errors import FactorNeededError
from config.kit.factors.models import AuthenticatorApp, RecoveryCode
from config.kit.identity import logins

CODES = 10
IN_SETUP = "app_in_setup"
SETUP_TIME = timedelta(hours=1)
"""How long a secret that was shown and not used is kept."""


def app_in_setup(request: HttpRequest, user: User) -> AuthenticatorApp:
    """The one whose secret this session is shown until its first code is typed in.

    Each session has its own: who opened the page before the owner, with the password alone, knows nothing of his.
    """
    apps = AuthenticatorApp.objects.filter(user=user, confirmed=False)
    app = apps.filter(pk=request.session.get(IN_SETUP, 0)).first()
    if app is None:
        apps.filter(created_at__lt=timezone.now() - SETUP_TIME).delete()
        app = AuthenticatorApp.objects.create(user=user, confirmed=False)
        request.session[IN_SETUP] = app.pk
    return app


def confirm_app(request: HttpRequest, user: User, code: str, name: str) -> bool:
    """Whether the code is of the app in set-up, which is in use from now on. Raises TooManyCodesError."""
    app = app_in_setup(request, user)
    if find_device(user, code, of=[app]) is None:
        return False
    AuthenticatorApp.objects.filter(pk=app.pk).update(name=name, confirmed=True)
    app.refresh_from_db()
    finish(request, user, app)
    return True


def finish(request: HttpRequest, user: User, device: Device) -> None:
    """A new factor is in use: it was shown just now. What was opened without a factor, ends."""
    first = not RecoveryCode.objects.filter(user=user).exists()
    session.confirm(request, device)
    if first:
        logins.end_all(user.pk, but=request.session.session_key or "")
    _log(user.pk, user, _("Second factor added: %(name)s") % {"name": device.name})


def new_recovery_codes(user: User) -> list[str]:
    """In clear, once. Earlier ones no longer work."""
    codes = [RecoveryCode.new_code() for _number in range(CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, name="Recovery code", digest=RecoveryCode.digest_of(user.pk, code))
            for code in codes
        )
        _log(user.pk, user, _("New recovery codes"))
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def remove(user: User, device: Device) -> None:
    """One of one's own. Raises FactorNeededError for the last one of somebody who must have one."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        others = sum(rows.count() for rows in policy.factors_of(user)) - 1
        if not others and policy.is_required(user):
            raise FactorNeededError(_("Add another one first: your role needs a second factor."))
        name = device.name
        device.delete()
        if not others:
            RecoveryCode.objects.filter(user=user).delete()
        _log(user.pk, user, _("Second factor removed: %(name)s") % {"name": name})


def remove_all(user: User, *, actor_id: int) -> None:
    """Of somebody who has lost them. He adds a new one at the next log-in."""
    with transaction.atomic():
        for rows in policy.factors_of(user):
            rows.delete()
        AuthenticatorApp.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        logins.end_all(user.pk)
        _log(actor_id, user, _("Second factor reset"))


def _log(actor_id: int, user: User, message: str) -> None:
    rows = User.objects.filter(pk=user.pk)
    LogEntry.objects.log_actions(actor_id, rows, CHANGE, message, single_object=True)
    record(Action.FACTOR_CHANGED, user, reason=message, user_id=actor_id)
