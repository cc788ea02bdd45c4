"""How commands name channels and what belongs to them."""

from argparse import ArgumentParser
from typing import Any, TypeVar

from django.core.management.base import CommandError
from django.db.models import Model

from payments.models import Channel

M = TypeVar("M", bound=Model)


def by_slug(model: type[M], slug: str, **fields: Any) -> M:
    """Raises CommandError where there is none, or more than one."""
    found = list(model._default_manager.filter(slug=slug, **fields)[:2])
    if not found:
        raise CommandError(f"No {model._meta.verbose_name} {slug}.")
    if len(found) > 1:
        raise CommandError(f"More than one {model._meta.verbose_name} {slug}: name it by its id or channel.")
    return found[0]


def channel_of(options: dict[str, Any]) -> Channel:
    return by_slug(Channel, options["channel"])


def add_channel_argument(parser: ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--channel", metavar="SLUG", required=required, help="slug of the channel")
