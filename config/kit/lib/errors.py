"""Errors for broken business rules, independent of how a contract prints them."""

from collections.abc import Iterable, Mapping, Sequence


class RuleError(Exception):
    """A broken business rule; nothing was written. One subclass for each rule.

    `code` is stable and part of the contract; `http_status` is what the native API answers. `message` is for the
    client's developer or the operator, not for payers.
    """

    code: str
    http_status: int = 406

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UniqueSetsError(Exception):
    """One or more unique sets of fields are taken: `[("slug", "channel"), …]`."""

    def __init__(self, sets: list[tuple[str, ...]]) -> None:
        super().__init__(sets)
        self.sets = sets

    @property
    def detail(self) -> dict[str, list[str]]:
        """Field → messages as the contract prints them; sets of several fields under `non_field_errors`."""
        single = {fields[0]: ["This field must be unique."] for fields in self.sets if len(fields) == 1}
        return {"non_field_errors": self.messages} if self.messages else single

    @property
    def messages(self) -> list[str]:
        """The contract's text for each set of several fields, in the order of the model's constraints."""
        several = (fields for fields in self.sets if len(fields) > 1)
        return [f"The fields {', '.join(fields)} must make a unique set." for fields in several]


class InvalidValueError(Exception):
    """A value that is invalid for its field in this object, which only the service can check."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class InvalidValuesError(InvalidValueError):
    """Several invalid values: `[(field, message), …]`, at least one."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        (field, message), *others = faults
        super().__init__(field, "; ".join([message, *(f"{name}: {text}" for name, text in others)]))
        self.faults = faults


class ChannelChangedError(RuleError):
    """The channel of an object cannot change."""

    def __init__(self, *, code: str, label: str, name: str, channel: str) -> None:
        """`label` is the model's name with a colon, as the contract prints it."""
        super().__init__(f"Channel: {channel} of {label} {name} cannot change.")
        self.code = code


class InUseError(RuleError):
    """Other rows still reference the object. `counts` maps the plural names of their models to their numbers."""

    def __init__(self, *, code: str, label: str, name: str, counts: Mapping[str, int]) -> None:
        listed = ", ".join(f"{what} ({count})" for what, count in counts.items())
        super().__init__(f"{label}: {name} is in use by {listed}.")
        self.code = code
        self.counts = dict(counts)


class SecondPersonRequiredError(RuleError):
    """A change that loosens a control must be asked for in the admin, where another person approves it."""

    code = "change_100_1"
    http_status = 403

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(
            f"Changing {', '.join(fields)} needs the approval of a second person. Make the change in the admin."
        )


class ReferenceGoneError(RuleError):
    """A referenced object was deleted between the check and the write."""

    code = "reference_100_1"

    def __init__(self) -> None:
        super().__init__("Something that the object points at was deleted meanwhile.")


class PreviewOutdatedError(RuleError):
    """What a preview has shown is no longer what would happen. The new one is shown."""

    code = "preview_100_1"

    def __init__(self) -> None:
        super().__init__("Something has changed since the preview.")
