"""The page that takes the payer to the bank. It holds the card: it is answered once and never stored."""

from django.template.loader import render_to_string

from payments.gateways.types import ThreeDForm


def autopost_page(form: ThreeDForm) -> str:
    """A whole HTML document that posts itself, with a button where scripts are off."""
    return render_to_string("billing/autopost.html", {"form": form})
