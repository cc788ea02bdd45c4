from config.kit.lib.errors import RuleError


class ChangeWaitsError(RuleError):
    """A change of the object by somebody else waits already."""

    code = "change_100_2"
    http_status = 409


class ChangeDecidedError(RuleError):
    """The change was decided, withdrawn or has expired."""

    code = "change_100_3"


class NotYourDecisionError(RuleError):
    """Who asked for a change, or took part in it, does not decide on it."""

    code = "change_100_4"
    http_status = 403


class ChangeOutdatedError(RuleError):
    """The object has changed since the change was asked for."""

    code = "change_100_5"


class GrantError(RuleError):
    """A right that the actor does not hold, or his own."""

    code = "change_100_6"
    http_status = 403
