from config.kit.lib.errors import RuleError


class FactorNeededError(RuleError):
    """The last factor of somebody who must have one."""

    code = "factor_100_1"
