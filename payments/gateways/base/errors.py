"""How a call can fail; inside a gateway only, callers get results."""


class UnsupportedOperationError(Exception):
    """The caller did not ask `can` first."""


class NotSentError(Exception):
    """Provably nothing left this machine."""


class NoAnswerError(Exception):
    """The request may have arrived; no answer did."""


class UnreadableAnswerError(Exception):
    """An answer arrived and means nothing that we know."""


class NotAuthenticError(UnreadableAnswerError):
    """An answer arrived without the bank's signature, or with a wrong one."""
