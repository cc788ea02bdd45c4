"""What people are told once after a log-in: when the last one was, and what failed since."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit.identity.models import FailedLogIn, Login

NOTICE = "log_in_notice"


def prepare(request: HttpRequest | None, user: User, **_: Any) -> None:
    """A receiver of user_logged_in. It is shown later: not to somebody who only knows the password."""
    if request is None or not hasattr(request, "session"):
        return
    last = Login.objects.filter(user=user).exclude(handle=request.session.session_key or "").first()
    failed = FailedLogIn.objects.filter(user=user).order_by("-at")
    if last is not None:
        failed = failed.filter(at__gt=last.created_at)
    latest = failed.first()
    request.session[NOTICE] = {
        "last": last and [last.created_at.isoformat(), last.last_used_address],
        "failed": latest and [latest.at.isoformat(), latest.address],
        "count": failed.count() if latest else 0,
    }


def show(request: HttpRequest) -> None:
    notice = request.session.pop(NOTICE, None) or {}
    if notice.get("last"):
        messages.info(
            request, _("Your last log-in: %(when_and_where)s.") % {"when_and_where": _place(*notice["last"])}
        )
    if notice.get("failed"):
        text = ngettext(
            "%(count)s failed attempt since: %(when_and_where)s. If that was not you, change your password.",
            "%(count)s failed attempts since, the last: %(when_and_where)s. If that was not you, change your password.",
            notice["count"],
        )
        messages.warning(
            request, text % {"count": notice["count"], "when_and_where": _place(*notice["failed"])}
        )


def _place(moment: str, address: str | None) -> str:
    when = date_format(localtime(parse_datetime(moment) or datetime.max), "DATETIME_FORMAT")
    return _("%(when)s from %(address)s") % {"when": when, "address": address} if address else when
