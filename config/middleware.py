"""Which language a page speaks."""

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class PeopleLocaleMiddleware(LocaleMiddleware):
    """People's pages follow the browser (or the language cookie); the API's texts are a contract and English."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith("/api/"):
            translation.activate("en")
            request.LANGUAGE_CODE = "en"
        else:
            super().process_request(request)
