from django.http import HttpRequest

from config.kit.sso import provider


def sso(request: HttpRequest) -> dict[str, bool]:
    """For the log-in page."""
    return {"has_sso": provider.is_offered()}
