"""Rules shared by imports: `(SQL condition of an invalid row, reason)`. `words` names the column in the reason."""

from datetime import date

from config.kit.importing.reasons import Reason

Rule = tuple[str, Reason]

MAX_BIGINT = 2**63 - 1


def missing(column: str, words: str) -> Rule:
    return f"{column} IS NULL", Reason(f"no_{column}", f"no {words}")


def too_long(column: str, words: str, limit: int) -> Rule:
    reason = Reason(f"{column}_too_long", f"{words} longer than %(limit)s characters", {"limit": limit})
    return f"char_length({column}) > {limit}", reason


def not_one_line(column: str, words: str) -> Rule:
    return f"{column} ~ '[[:cntrl:]]'", Reason(f"{column}_not_one_line", f"{words} of more than one line")


def not_whole_number(column: str, *, limit: int = MAX_BIGINT) -> Rule:
    """Digits without a leading zero, from 1 to `limit`. Only digits are cast."""
    digits = len(str(limit)) - 1
    condition = (
        f"CASE WHEN {column} ~ '^[1-9][0-9]{{0,{digits}}}$' THEN {column}::numeric > {limit} "
        f"ELSE {column} IS NOT NULL END"
    )
    text = f"{column} is not a whole number from 1 to %(limit)s"
    return condition, Reason(f"{column}_out_of_range", text, {"limit": limit})


def date_fault(text: str) -> str:
    """For `derive`: "" for a date like 2026-01-31, which PostgreSQL alone would read in many other forms, too."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return "date"
    return "" if len(text) == 10 else "date"  # not as 20260131 or 2026-W05-1
