"""BINs are activated and deactivated together: counted and shown first, then written in one statement."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit.admin.preview import OUTDATED, Preview, PreviewTable, preview_page
from config.kit.admin.service_admin import ActivationAdmin
from config.kit.lib.errors import PreviewOutdatedError
from config.kit.lib.seen import seen_of
from payments.models import BinNumber
from payments.services.bin_switch import switch_bins


class SwitchBinsMixin(ActivationAdmin):
    def switch_rows(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *, to: bool
    ) -> HttpResponse | None:
        found = queryset.select_related("card__bank", "channel").order_by("bin_number", "channel_id")
        rows = list(found.filter(is_active=not to))
        errors = []
        if "seen" in request.POST:
            try:
                count = switch_bins(rows, to=to, seen=request.POST["seen"])
            except PreviewOutdatedError:
                errors = [str(OUTDATED)]
            else:
                text = _("Activated: %(count)s") if to else _("Deactivated: %(count)s")
                messages.success(request, text % {"count": count})
                return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Activate BINs") if to else _("Deactivate BINs"),
            "explanation": _effect(to),
            "opts": self.opts,
            "back": request.get_full_path(),
        }
        preview = Preview(
            seen=seen_of(to, [row.pk for row in rows]),
            facts=[
                (_("Chosen"), str(queryset.order_by().count())),
                (_("They change"), str(len(rows))),
            ],
            warnings=[] if rows else [_("All of them are as they should be already.")],
            tables=[_table(rows)],
            is_possible=bool(rows),
        )
        label = _("Activate") if to else _("Deactivate")
        return preview_page(
            request, context, preview, submit_text=label, errors=errors, hidden=_chosen(request)
        )


def _effect(to: bool) -> str:
    if to:
        return _("Cards with these first digits are charged as the card that is named beside them.")
    return _(
        "Cards with these first digits are charged as fewer digits say, or as the channel's default card. Without both "
        "they cannot be charged."
    )


def _table(rows: Sequence[BinNumber]) -> PreviewTable:
    shown = [(row.bin_number, row.card.name, row.card.bank.name, row.channel.name) for row in rows]
    title = ngettext("%(count)s BIN changes", "%(count)s BINs change", len(rows)) % {"count": len(rows)}
    return PreviewTable(title, [_("BIN"), _("Card"), _("Bank"), _("Channel")], shown)


def _chosen(request: HttpRequest) -> list[tuple[str, str]]:
    """What the list has sent, for its button to send again."""
    names = ("action", "index", "select_across", ACTION_CHECKBOX_NAME)
    return [(name, value) for name in names for value in request.POST.getlist(name)]
