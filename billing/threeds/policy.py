"""What browsers may do with the payer's pages: scripts by their hash, forms that post to any bank, and frames for the
portals of the payment's channel. Nobody else's pages may embed them.
"""

import base64
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http.response import HttpResponseBase

from payments.models import Channel

R = TypeVar("R", bound=HttpResponseBase)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])

SCRIPT = 'document.getElementById("to-bank").submit();'
"""The script of billing/autopost.html."""

TELL_SCRIPT = """
const told = document.getElementById("told").dataset;
const portal = window.opener || (window.parent === window ? null : window.parent);
if (portal) {
  for (const origin of told.origins.split(" ")) {
    portal.postMessage({type: "payment", order: told.order, result: told.result}, origin);
  }
}
"""
"""The script of billing/result.html: tells the portal. A message for another origin than the portal's is dropped."""

LOOK_AGAIN_SCRIPT = "setTimeout(() => location.reload(), 3000);"
"""The script of billing/result.html while the bank's answer is on its way."""


def _source_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


SCRIPT_SOURCES = [_source_of(script) for script in (TELL_SCRIPT, SCRIPT, LOOK_AGAIN_SCRIPT)]


def payers_page(view: View) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response: Any = view(*args, **kwargs)
        ancestors = getattr(response, "portal_origins", None) or ["'none'"]
        response._csp_replace = {
            "script-src": SCRIPT_SOURCES,
            "form-action": None,
            "frame-ancestors": ancestors,
        }
        return cast(HttpResponseBase, response)

    return cast(View, guarded)


def open_to_portals(response: R, channel: Channel) -> R:
    """For the pages of the channel's portals: they may show it in a frame, and keep their hold of a pop-up."""
    origins = channel.portal_origins
    if origins:
        opened: Any = response
        opened.portal_origins = origins
        opened.xframe_options_exempt = True
        opened["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
