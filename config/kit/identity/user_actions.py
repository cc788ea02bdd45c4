"""The way out for somebody who is locked out: another person, who leaves a trace."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Max
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.admin.confirm import ConfirmedAction, Facts
from config.kit.factors import codes
from config.kit.identity import failures
from config.kit.identity.models import FailedLogIn


class Unlock(ConfirmedAction[User]):
    name = "unlock"
    label = gettext_lazy("Unlock")
    icon = "lock_open"
    permission = "auth.change_user"
    form_class = forms.Form

    @classmethod
    def is_possible(cls, instance: User, request: HttpRequest) -> bool:
        since = timezone.now() - timedelta(seconds=settings.LOGIN_LOCK_SECONDS)
        return FailedLogIn.objects.filter(user=instance, at__gt=since).exists()

    def explanation(self) -> str:
        return _("Failed attempts are forgotten, and the user can log in again at once.")

    def facts(self) -> Facts:
        failures_by_address = FailedLogIn.objects.filter(user=self.instance).values("address")
        for row in failures_by_address.annotate(count=Count("pk"), latest=Max("at")).order_by("-latest")[:10]:
            latest = date_format(timezone.localtime(row["latest"]), "DATETIME_FORMAT")
            yield (
                row["address"] or _("Unknown address"),
                _("%(count)s failed, the last %(when)s") % {"count": row["count"], "when": latest},
            )

    def perform(self, data: dict[str, Any]) -> str:
        failures.unlock(self.instance)
        codes.unlock(self.instance)
        self.page.log_change(self.request, self.instance, _("Unlocked"))
        return _("The user can log in again.")
