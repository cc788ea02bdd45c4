"""Why the import engine rejects a row, in the operator's language; the engine itself speaks English."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

REASONS = frozenset(
    (
        gettext_noop("no BIN"),
        gettext_noop("not 6 or 8 digits"),
        gettext_noop("a card number; send its first 6 or 8 digits"),
        gettext_noop("no issuer"),
        gettext_noop("issuer longer than 128 characters"),
        gettext_noop("issuer without a letter or digit"),
        gettext_noop("no network"),
        gettext_noop("network longer than 128 characters"),
        gettext_noop("no type: credit, debit or prepaid expected"),
        gettext_noop("unknown type: credit, debit or prepaid expected"),
        gettext_noop("no name"),
        gettext_noop("name longer than 128 characters"),
        gettext_noop("name of more than one line"),
        gettext_noop("slug of other than letters, digits, hyphens and underscores"),
        gettext_noop("no letter or digit in the name to make a slug of; give one"),
        gettext_noop("no free slug of the name; give one"),
        gettext_noop("logo is no URL"),
    )
)
CREATED = {
    "banks": gettext_lazy("Banks"),
    "card types": gettext_lazy("Card types"),
    "cards": gettext_lazy("Cards"),
}


def translate_reason(reason: str) -> str:
    if reason in REASONS:
        return _(reason)
    missing, _comma, advice = reason.partition("; ")
    if missing.startswith("no card "):
        known = {
            "name a POS for new cards": _("choose a POS for new cards"),
            "its slug is taken": _("its slug is taken"),
        }
        return _("no card %(card)s; %(advice)s") % {"card": missing[8:], "advice": known.get(advice, advice)}
    return reason
