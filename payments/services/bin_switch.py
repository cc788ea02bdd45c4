"""Many BINs activated or deactivated at once."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from config.kit.audit.log import record_changes
from config.kit.lib.seen import check_seen, seen_of
from payments.models import BinNumber


def switch_bins(rows: Sequence[BinNumber], *, to: bool, seen: str) -> int:
    """How many were switched: all of `rows`, in a fixed number of statements.

    Raises PreviewOutdatedError where `seen` is not their fingerprint, or one of them is switched or gone by now.
    """
    with transaction.atomic():
        check_seen(seen, seen_of(to, [row.pk for row in rows]))
        locked = BinNumber.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
        still = {row.pk for row in locked.filter(pk__in=[row.pk for row in rows], is_active=not to)}
        check_seen(seen, seen_of(to, [row.pk for row in rows if row.pk in still]))
        BinNumber.objects.filter(pk__in=still).update(is_active=to, modified_date=Now())
        record_changes([(row, {"is_active": not to}, {"is_active": to}) for row in rows])
    return len(rows)
