"""Values in query strings."""

from datetime import UTC, date, datetime


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date, with or without a time; UTC if there is no offset. Raises ValueError."""
    text = text.replace(" ", "+") if "T" in text else text  # a plus sign in a query string is a space
    try:
        value = datetime.fromisoformat(text)
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("out of range") from None


def is_day(text: str) -> bool:
    """Whether the text is a date without a time."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return "T" not in text and len(text) <= 10
