from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def rate_text(rate: Decimal) -> str:
    """In percent, as the reader's language writes it: 1.85% and %1,85."""
    return _("%(rate)s%%") % {"rate": number_format(f"{rate.normalize():f}")}
