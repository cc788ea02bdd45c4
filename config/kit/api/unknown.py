"""Paths that lead nowhere."""

from typing import Any

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView


class UnknownPathView(APIView):
    """Every path under the API's prefix that leads nowhere: 404 in the contract's form."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before any handler: the method does not matter where there is nothing."""
        raise exceptions.NotFound
