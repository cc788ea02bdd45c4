"""Coloured badges that look the same in a list and on a page; unfold colours them in lists only."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def badge(text: object, variant: str | None) -> SafeString:
    """`variant` is info, success, warning, danger or None."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": variant})
