"""The Content-Security-Policy of the payer's pages: one script, by its hash, and a form that posts to any bank."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.decorators import csp_replace
from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

SCRIPT = 'document.getElementById("to-bank").submit();'
"""The script of billing/autopost.html."""

_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()


def payers_page(view: View) -> View:
    replaced: Any = csp_replace({"script-src": [f"'sha256-{_HASH}'"], "form-action": None})(view)
    return cast(View, replaced)
