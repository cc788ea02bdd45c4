"""Accounts that nobody uses are switched off."""

from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, OuterRef, Subquery, TextField
from django.db.models.functions import Cast, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _


def switch_off() -> list[User]:
    """Of people and programs that log in with a password; identities of API clients have dates of their own.

    The superuser who was here last stays: somebody must be able to switch others on again. What another person changed
    on the account counts like its use.
    """
    if not settings.UNUSED_ACCOUNT_DAYS:
        return []
    before = timezone.now() - timedelta(days=settings.UNUSED_ACCOUNT_DAYS)
    accounts = User.objects.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    touched = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=Cast(OuterRef("pk"), TextField())
    ).exclude(user=OuterRef("pk"))
    seen = accounts.annotate(
        switched_on_at=Subquery(touched.order_by("-action_time").values("action_time")[:1]),
        seen_at=Greatest("date_joined", "last_login", Max("logins__last_used_at"), "switched_on_at"),
    )
    keeper = seen.filter(is_superuser=True).order_by("-seen_at").values("pk")[:1]
    unused: list[User] = list(seen.filter(seen_at__lt=before).exclude(pk__in=keeper))
    for user in unused:
        rows = User.objects.filter(pk=user.pk)
        rows.update(is_active=False)
        text = _("Switched off: not used for %(days)s days") % {"days": settings.UNUSED_ACCOUNT_DAYS}
        LogEntry.objects.log_actions(user.pk, rows, CHANGE, text, single_object=True)
    return unused
