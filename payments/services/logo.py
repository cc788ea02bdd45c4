from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from config.kit.lib.errors import InvalidValueError
from config.kit.services import Service
from payments.logo_formats import SUFFIXES, NotALogoError, format_of


def check_logo(logo: Any) -> None:
    """A new file is an image for browsers, and named as what it is. Raises InvalidValueError."""
    if not logo or logo._committed:
        return
    suffix = str(logo.name).rpartition(".")[2].lower()
    try:
        found = format_of(logo.file)
    except NotALogoError:
        found = ""
    if not found or SUFFIXES.get(suffix) != found:
        raise InvalidValueError(
            "logo", _("Upload a PNG, JPEG, GIF or WebP image under its own file extension.")
        )
    logo.file.seek(0)


M = TypeVar("M", bound=Model)


class LogoService(Service[M]):
    """Of a model with a `logo`. The file of a replaced or deleted one goes with the commit."""

    def check_rules(self, instance: M, stored: M | None) -> None:
        check_logo(_logo(instance))

    def write(self, instance: M, stored: M | None) -> None:
        super().write(instance, stored)
        if stored is not None and _name(stored) != _name(instance):
            self._remove_file(stored)

    def delete(self, instance: M) -> None:
        before = self.model._default_manager.filter(pk=instance.pk).first()
        with transaction.atomic():
            super().delete(instance)
            if before is not None:
                self._remove_file(before)

    def _remove_file(self, before: M) -> None:
        name, storage = _name(before), _logo(before).storage
        if name and not self.model._default_manager.filter(logo=name).exists():
            transaction.on_commit(lambda: storage.delete(name), robust=True)


def _logo(instance: Model) -> Any:
    return instance.logo  # type: ignore[attr-defined]  # the models of LogoService have one


def _name(instance: Model) -> str:
    return str(_logo(instance).name or "")
