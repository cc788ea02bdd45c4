"""Rules of layouts, matching rules and the chart of accounts."""

from django.utils.translation import gettext as _

from billing.models import JournalAccount, MatchRule, StatementLayout
from billing.statement_fields import FIELDS, REQUIRED
from config.kit.lib.errors import InvalidValueError
from config.kit.services import Service


class StatementLayoutService(Service[StatementLayout]):
    model = StatementLayout
    in_use_code = "layout_100_1"

    def wire_name(self, instance: StatementLayout) -> str:
        return instance.name

    def check_rules(self, instance: StatementLayout, stored: StatementLayout | None) -> None:
        self._check_columns(instance.columns)
        if not _is_list_of_texts(instance.refund_words):
            raise InvalidValueError("refund_words", _('Enter a list of words: ["İADE"].'))

    def _check_columns(self, columns: object) -> None:
        if not isinstance(columns, dict) or not _is_list_of_texts(list(columns.values())):
            raise InvalidValueError("columns", _("Enter a heading of the file for each of our fields."))
        if unknown := sorted(set(columns) - set(FIELDS)):
            text = _("Unknown field: %(name)s. Fields: %(fields)s.")
            raise InvalidValueError("columns", text % {"name": unknown[0], "fields": ", ".join(FIELDS)})
        if missing := [name for name in REQUIRED if name not in columns]:
            raise InvalidValueError("columns", _("Missing: %(names)s.") % {"names": ", ".join(missing)})


class MatchRuleService(Service[MatchRule]):
    model = MatchRule
    in_use_code = "matchrule_100_1"


class JournalAccountService(Service[JournalAccount]):
    model = JournalAccount
    in_use_code = "journal_100_1"

    def wire_name(self, instance: JournalAccount) -> str:
        return instance.code


def _is_list_of_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) and value.strip() for value in values)
