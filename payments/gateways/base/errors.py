"""How a call can fail. Raised and caught inside a gateway; callers get results."""


class UnsupportedOperationError(Exception):
    """The gateway does not have this capability. The caller should have asked `can` first."""


class NotSentError(Exception):
    """The request provably never left this machine."""


class AddressRefusedError(NotSentError):
    """The POS points at a host that is not allowed, or at one without a public address."""


class NoAnswerError(Exception):
    """The request may have arrived, but no answer came back."""


class UnreadableAnswerError(Exception):
    """The answer cannot be interpreted."""


class NotAuthenticError(UnreadableAnswerError):
    """The answer has no signature of the bank, or a wrong one."""
