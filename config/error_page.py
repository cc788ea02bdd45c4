"""Pages for people where something is refused or has failed. They ask neither the database nor the session."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from config.process.middleware import PEOPLE

DESK = "/admin/"
EXPIRED_FORM = "expired"


def error_page(request: HttpRequest, status: int, kind: str = "") -> HttpResponse | None:
    """None outside of the desk and the payer's pages. `kind` is EXPIRED_FORM, or empty for that of the status."""
    if not request.path_info.startswith(PEOPLE):
        return None
    is_desk = request.path_info.startswith(DESK)
    texts = _desk_texts() if is_desk else _payer_texts()
    title, text = texts.get(kind or status, texts[400])
    context = {"title": title, "text": text, "status": status}
    if is_desk:
        context |= {"back": reverse("admin:index"), "back_text": _("Back to the dashboard")}
    return HttpResponse(render_to_string("error.html", context), status=status)


def _desk_texts() -> dict[int | str, tuple[str, str]]:
    return {
        400: (_("This request could not be read"), _("Go back, check what you entered and try again.")),
        403: (
            _("You may not open this page"),
            _("Your role does not include it. Ask an administrator if you need it."),
        ),
        404: (
            _("This page does not exist"),
            _("The address is wrong, or what it showed has been deleted. The search box finds everything."),
        ),
        500: (
            _("Something went wrong"),
            _(
                "It was recorded. Before you repeat a payment or refund, look at the payment: it may have gone through."
            ),
        ),
        EXPIRED_FORM: (
            _("This form has expired"),
            _("Nothing was saved. Go back, reload the page and send it again."),
        ),
    }


def _payer_texts() -> dict[int | str, tuple[str, str]]:
    again = _(
        "Go back to the shop's page. Before you pay again, check there whether your payment was received."
    )
    return {
        400: (_("This request could not be read"), again),
        403: (_("This page may not be opened"), again),
        404: (_("This page does not exist"), again),
        500: (_("Something went wrong"), again),
        EXPIRED_FORM: (_("This form has expired"), again),
    }
