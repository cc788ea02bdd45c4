from typing import Any

from django.utils.translation import gettext as _

from config.kit.lib.errors import InvalidValueError
from payments.logo_formats import SUFFIXES, NotALogoError, format_of


def check_logo(logo: Any) -> None:
    """A new file is an image for browsers, and named as what it is. Raises InvalidValueError."""
    if not logo or logo._committed:
        return
    suffix = str(logo.name).rpartition(".")[2].lower()
    try:
        found = format_of(logo.file)
    except NotALogoError:
        found = ""
    if not found or SUFFIXES.get(suffix) != found:
        raise InvalidValueError(
            "logo", _("Upload a PNG, JPEG, GIF or WebP image under its own file extension.")
        )
    logo.file.seek(0)
