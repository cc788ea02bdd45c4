"""What the script that warns before a session ends asks (config/static/admin/session.js)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.kit.factors.marks import open_before_factor
from config.kit.identity import session_limits


@open_before_factor
@require_http_methods(["GET", "POST"])
def session_page(request: HttpRequest) -> HttpResponse:
    """GET tells how long the session lasts, POST uses it. 0 seconds for a session that has ended.

    The token is that of the log-in: a page that was opened before it needs the new one to send its form.
    """
    left = session_limits.seconds_left(request) if request.user.is_authenticated else 0
    texts = {
        "ends": _("Nobody has used this page for a while. You will be logged out soon."),
        "stay": _("Stay logged in"),
        "ended": _(
            "You were logged out. What you entered is still here: log in again in the window that opens."
        ),
        "log_in": _("Log in again"),
    }
    return JsonResponse({"left": left, "csrf": get_token(request), "texts": texts})
