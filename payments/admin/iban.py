"""IBANs as banks print them, and the warning mark on one whose check digits do not fit."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from stdnum import iban as stdnum_iban


def is_valid_iban(text: str) -> bool:
    return bool(stdnum_iban.is_valid(text))


def grouped(text: str) -> str:
    """`TR33 0006 1005 …`: upper case, in groups of four."""
    return str(stdnum_iban.format(stdnum_iban.compact(text).upper()))


def warning(text: str) -> str:
    """Why the IBAN is marked; empty where nothing is wrong."""
    return (
        ""
        if is_valid_iban(text)
        else _("The check digits of this IBAN are wrong. Check it against the bank's document.")
    )


def iban_with_mark(text: str) -> SafeString:
    return format_html(
        '<span class="wrap-anywhere">{}</span> {}', text, "" if is_valid_iban(text) else mark(text)
    )


def mark(text: str) -> SafeString:
    """A sign, with its reason for those who point at it and for screen readers."""
    reason = warning(text)
    if not reason:
        fine = _("The check digits are correct.")
        return format_html(
            '<span class="text-green-600" role="img" title="{0}" aria-label="{0}">✓</span>', fine
        )
    return format_html(
        '<span class="iban-mark text-orange-700" role="img" title="{0}" aria-label="{0}">'
        '<span class="material-symbols-outlined">warning</span></span>',
        reason,
    )
