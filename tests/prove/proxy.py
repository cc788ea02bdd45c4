"""A small proxy between application and database, which can stop forwarding and break connections."""

import contextlib
import socket
import struct
import threading
from pathlib import Path

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)


class Proxy:
    """From a free port on loopback to a Unix socket. A context manager."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._flows = threading.Event()
        self._flows.set()
        self._refuses = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self.drop()
        self._flows.set()

    def freeze(self) -> None:
        """Nothing passes, in either direction; new connections hang."""
        self._flows.clear()

    def drop(self) -> None:
        """Break every connection, with what is in it; new ones are broken, too, until `resume`."""
        self._refuses = True
        with self._lock:
            broken, self._open = self._open, set()
        for end in broken:
            _reset(end)

    def resume(self) -> None:
        self._refuses = False
        self._flows.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        self._flows.wait()
        far = socket.socket(socket.AF_UNIX)
        try:
            if self._refuses:
                raise ConnectionRefusedError
            far.connect(self._target)
        except OSError:
            _reset(near)
            far.close()
            return
        with self._lock:
            self._open |= {near, far}
        threading.Thread(target=self._pump, args=(far, near), daemon=True).start()
        self._pump(near, far)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(CHUNK):
                self._flows.wait()
                sink.sendall(data)
        except OSError:
            pass  # one end was broken: the other goes, too
        finally:
            with self._lock:
                self._open -= {source, sink}
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        if end.family == socket.AF_INET:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    end.close()
