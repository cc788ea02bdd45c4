"""The page that sends the payer to the bank. It contains the card and is never stored."""

from django.template.loader import render_to_string

from billing.threeds.policy import SCRIPT
from payments.gateways.types import ThreeDForm


def autopost_page(form: ThreeDForm) -> str:
    """A complete HTML document that submits itself, with a button for browsers without JavaScript."""
    return render_to_string("billing/autopost.html", {"form": form, "script": SCRIPT})
