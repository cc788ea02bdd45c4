"""Unknown paths of the native API."""

from config.kit.contracts.view import UnknownPathMixin


class UnknownPathView(UnknownPathMixin):
    """Every other path under `/api/`: 404 in the native API's form."""

    schema = None
