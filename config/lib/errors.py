"""Broken business rules, apart from how a contract prints them."""

from typing import ClassVar


class RuleError(Exception):
    """A business rule was broken; nothing was written. One subclass for each rule.

    `code` is stable and part of the contract; the text is for the client's developer or the operator.
    """

    code: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UniqueSetsError(Exception):
    """One or more sets of fields that must be unique are taken: `[("slug", "channel"), …]`."""

    def __init__(self, sets: list[tuple[str, ...]]) -> None:
        super().__init__(sets)
        self.sets = sets

    @property
    def detail(self) -> dict[str, list[str]]:
        """Field → messages, as the contract prints them: a set of several fields is nobody's field."""
        single = {fields[0]: ["This field must be unique."] for fields in self.sets if len(fields) == 1}
        return {"non_field_errors": self.messages} if self.messages else single

    @property
    def messages(self) -> list[str]:
        """The contract's text for each set of several fields, in the order of the model's constraints."""
        several = (fields for fields in self.sets if len(fields) > 1)
        return [f"The fields {', '.join(fields)} must make a unique set." for fields in several]
