"""What 500 clients that send half a request and then nothing cost everybody else."""

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from tests.benchmarks.beside import Place, run

CLIENTS = 500
HALF = b"POST /api/payment/add HTTP/1.1\r\nHost: localhost\r\nContent-Le"


def main() -> int:
    return run("idle_clients", _idle_clients, f"{CLIENTS} connections with half a header")


@contextmanager
def _idle_clients(place: Place) -> Iterator[None]:
    parts = urlsplit(place.url)
    with ExitStack() as stack:
        for _client in range(CLIENTS):
            client = stack.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=10))
            client.sendall(HALF)
        yield


if __name__ == "__main__":
    sys.exit(main())
