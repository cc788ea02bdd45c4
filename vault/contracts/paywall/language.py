"""The language of messages: the header or query parameter `locale`, else Accept-Language, else Turkish."""

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

DEFAULT = "tr"
KNOWN = ("tr", "en")


def language_of(request: HttpRequest) -> str:
    named = request.headers.get("locale") or request.GET.get("locale") or ""
    accepted = [
        code for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    ]
    wanted = (code.strip().lower().replace("_", "-").partition("-")[0] for code in [named, *accepted])
    return next((code for code in wanted if code in KNOWN), DEFAULT)
