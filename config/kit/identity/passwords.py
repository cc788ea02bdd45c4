"""Rules for passwords besides Django's: nothing of the person in it, and not one of the last."""

from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from config.kit.identity.models import FormerPassword

SHORTEST_NAME = 4
"""Shorter ones are parts of too many words."""


class NoNameValidator:
    """Django's own validator measures similarity: a name with enough around it passes."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None:
            return
        typed = password.casefold()
        names = [user.get_username(), user.first_name, user.last_name, *user.email.partition("@")[::2]]
        parts = {part for name in names for part in [name, *name.replace(".", " ").split()]}
        if any(len(part) >= SHORTEST_NAME and part.casefold() in typed for part in parts):
            raise ValidationError(_("The password contains your name or address."), code="password_has_name")

    def get_help_text(self) -> str:
        return _("Your password must not contain your name, user name or email address.")


class NotAgainValidator:
    def __init__(self, count: int = 4) -> None:
        self.count = count

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        former = FormerPassword.objects.filter(user_id=user.pk).order_by("-pk")[: self.count]
        if any(check_password(password, encoded) for encoded in former.values_list("encoded", flat=True)):
            raise ValidationError(self._text(), code="password_used_before")

    def get_help_text(self) -> str:
        return self._text()

    def _text(self) -> str:
        text = _("Your password must not be one of your last %(count)s.")
        return text % {"count": self.count}
