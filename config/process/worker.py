"""gunicorn's threaded worker, patient with slow clients: a thread is given to a request that has arrived.

A connection waits in the poller until the header of its request, and a small body, are in the kernel's receive buffer.
SO_RCVLOWAT wakes the poller only when more has come. Large bodies and answers have a deadline for each piece.
"""

import errno
import logging
import re
import selectors
import socket
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import TConn, ThreadWorker

logger = logging.getLogger(__name__)

REQUEST_SECONDS = 20.0
"""From the first byte, or the connection, until header and small body must have arrived."""
PIECE_SECONDS = 20.0
"""For each piece of a large body, and of an answer."""
SMALL = 64 * 1024
"""Bytes of header and body that are waited for."""

LINE = 256
"""Bytes that are kept of a request's beginning: contracts differ within the first few."""

_LENGTH = re.compile(rb"^content-length:[ \t]*([0-9]{1,10})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_EXPECTS = re.compile(rb"^expect:", re.IGNORECASE | re.MULTILINE)


def early_answer(line: bytes, error: Exception) -> bytes | None:
    """Loaded when it is needed: a worker may serve another application than Django's."""
    try:
        from config.process.early_errors import answer_to

        return answer_to(line, error)
    except Exception:
        logger.exception("An error could not be answered in the contract's form")
        return None


def bytes_needed(seen: bytes) -> int:
    """How many bytes a request has at least that begins like this; 0 if a thread may read it now."""
    header, end, _body = seen.partition(b"\r\n\r\n")
    if not end:
        return len(seen) + 1 if len(seen) < SMALL else 0
    if _EXPECTS.search(header):  # the client holds the body back until it is asked for it
        return 0
    length = _LENGTH.search(header)
    whole = len(header) + len(end) + (int(length[1]) if length else 0)
    return whole if len(seen) < whole <= SMALL else 0


class PatientConnection(TConn):
    seen = 0
    """Bytes that had arrived when it was looked at last."""
    line = b""
    """How they begin, for errors that come before the request is parsed."""

    def init(self) -> None:
        super().init()
        self.sock.settimeout(PIECE_SECONDS)


class PatientWorker(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handled = threading.local()

    def handle(self, conn: Any) -> Any:
        self.handled.conn = conn
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """In the contract's form, where the request says which contract it is for."""
        conn = getattr(self.handled, "conn", None)
        answer = early_answer(conn.line, exc) if conn is not None else None
        if answer is None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Invalid request: %s", type(exc).__name__)
        with suppress(OSError):
            write_nonblock(client, answer)

    def accept(self, listener: Any) -> None:
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        self._wait_for_request(PatientConnection(self.cfg, sock, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """The next request on a connection that was kept alive."""
        conn.seen = 0
        if self._has_arrived(conn, client):
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait_for_request(conn)

    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        if self._has_arrived(conn, client):
            super().on_pending_socket_readable(conn, client)

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that stops waits no longer for requests that have not begun."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _wait_for_request(self, conn: Any) -> None:
        """`murder_pending` closes it after REQUEST_SECONDS."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + REQUEST_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _has_arrived(self, conn: Any, client: socket.socket) -> bool:
        """Also if the client has closed: the thread finds out."""
        try:
            seen = client.recv(SMALL, socket.MSG_PEEK)
            needed = bytes_needed(seen)
            has_closed = len(seen) == conn.seen
            conn.seen, conn.line = len(seen), seen[:LINE]
            waits = needed > 0 and not has_closed
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, needed if waits else 1)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not waits
