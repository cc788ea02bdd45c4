"""Loads statements of bank accounts: all of a file, or nothing. Loading it again changes nothing."""

import base64
import hashlib
from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import AccountFile, AccountMovement
from billing.statements.account_formats import AccountList, read_account_list
from billing.statements.refusals import StatementRefusedError
from config.kit.audit.log import record
from config.kit.audit.models import Action
from payments.models import BankAccount
from payments.models.bank import compact_iban

MAX_BYTES = 16 * 1024 * 1024


def load_account_file(
    account: BankAccount, *, data: bytes, name: str, user_id: int | None
) -> tuple[AccountFile, int]:
    """The file and how many movements are new. Raises StatementRefusedError and writes nothing then."""
    if len(data) > MAX_BYTES:
        raise StatementRefusedError(_("The file is too large."))
    digest = hashlib.sha256(data).hexdigest()
    if known := AccountFile.objects.filter(account=account, sha256=digest).first():
        return known, 0
    lists = read_account_list(data)
    _check(lists, account)
    with transaction.atomic():
        file = AccountFile(
            account=account,
            name=name[-200:],
            sha256=digest,
            opening=lists[0].opening,
            closing=lists[-1].closing,
            currency=lists[0].currency,
            original=base64.b64encode(data).decode(),
            loaded_by_id=user_id,
        )
        file.save()
        created = _save(file, lists)
        record(Action.IMPORTED, file, after={"movements": created})
    return file, created


def _check(lists: list[AccountList], account: BankAccount) -> None:
    for found in lists:
        if found.iban != compact_iban(account.iban):
            raise StatementRefusedError(_("The file is of another account."))
        total = sum(row.amount for row in found.movements)
        if found.opening + total != found.closing:
            text = _("The movements lead from %(opening)s to %(total)s, the file says %(closing)s.")
            told = {"opening": found.opening, "total": found.opening + total, "closing": found.closing}
            raise StatementRefusedError(text % told)
        if found.currency != lists[0].currency:
            raise StatementRefusedError(_("The file has several currencies."))


def _save(file: AccountFile, lists: list[AccountList]) -> int:
    """Movements that an earlier file had are left out."""
    seen: Counter[str] = Counter()
    rows = []
    for movement in (row for found in lists for row in found.movements if row.amount):
        said = f"{movement.value_date}|{movement.amount:f}|{movement.reference}|{movement.text}"
        fingerprint = hashlib.sha256(said.encode()).hexdigest()
        seen[fingerprint] += 1
        rows.append(
            AccountMovement(
                file=file,
                account_id=file.account_id,
                value_date=movement.value_date,
                amount=movement.amount,
                currency=file.currency,
                reference=movement.reference[:64],
                text=movement.text[:500],
                fingerprint=fingerprint,
                occurrence=seen[fingerprint],
            )
        )
    before = AccountMovement.objects.filter(account=file.account_id).count()
    AccountMovement.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return AccountMovement.objects.filter(account=file.account_id).count() - before
