"""The bank simulator behind httpx, without a socket."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from tests.prove.walk.clock import BankTimeoutError
from tests.support.bank.core import Bank, Drop
from tests.support.bank.server import route

if TYPE_CHECKING:
    from tests.support.bank.core import Answer


class Wire(httpx.BaseTransport):
    """What befalls the next request. `refuse`: it does not leave us. `before` and `meanwhile`: what happens before
    the bank books it, and between the booking and the answer.
    """

    def __init__(self) -> None:
        self.banks: dict[str, Bank] = {}
        """By the start of their addresses."""
        self.reset()

    def reset(self) -> None:
        self.refuse: type[httpx.TransportError] | None = None
        self.before: Callable[[], None] | None = None
        self.meanwhile: Callable[[], None] | None = None

    def client(self, timeout: float, public_only: bool) -> httpx.Client:
        """In place of `billing.attempts.gateway._client`."""
        return httpx.Client(transport=self)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        refuse, before, meanwhile = self.refuse, self.before, self.meanwhile
        self.reset()
        if refuse is not None:
            raise refuse("refused", request=request)
        if before is not None:
            before()
        bank = self.banks[f"{request.url.scheme}://{request.url.host}"]
        error: httpx.TransportError | None = None
        answer: Answer | None = None
        try:
            answer = route(bank, request.method, request.url.path, request.read(), request.headers)
        except Drop:
            error = httpx.ReadError("cut", request=request)
        except BankTimeoutError:
            error = httpx.ReadTimeout("too late", request=request)
        if meanwhile is not None:
            meanwhile()
        if error is not None or answer is None:
            raise error or httpx.ReadError("cut", request=request)
        headers = {"Content-Type": answer.content_type}
        return httpx.Response(answer.status, headers=headers, content=answer.body, request=request)
