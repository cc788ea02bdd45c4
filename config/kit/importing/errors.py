"""What can be wrong with a whole file."""

from config.kit.lib.errors import RuleError


class FileMissingError(RuleError):
    code = "file_100_1"

    def __init__(self) -> None:
        super().__init__("File not found please provide an appropriate file")


class FileTooLargeError(RuleError):
    code = "file_100_2"


class FileUnreadableError(RuleError):
    """Not text, or no row could be read."""

    code = "file_100_3"


class ImportRunningError(RuleError):
    """One import of a kind at a time into a channel: a second one would wait for the first, and do its work again."""

    code = "file_100_4"

    def __init__(self) -> None:
        super().__init__("An import of this kind is running. Send the file again when it is done.")
