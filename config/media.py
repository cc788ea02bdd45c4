"""Uploaded files."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """404 also for a name that no file system takes."""
    try:
        response: Any = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except (OSError, ValueError):
        raise Http404 from None
    return response
