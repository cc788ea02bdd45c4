"""The one client for calls to the outside: every call has a time limit, none follows a redirect."""

import asyncio
import ipaddress
import socket
import ssl
import time
from functools import lru_cache

import httpx

DEFAULT_TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class PrivateAddressError(httpx.ConnectError):
    """The host has an address that is not on the public internet."""


class ResponseTooLargeError(httpx.DecodingError):
    """The body is longer, or takes longer, than asked for."""


def client(
    *,
    timeout: httpx.Timeout | float = DEFAULT_TIMEOUT,
    public_only: bool = False,
    transport: httpx.BaseTransport | None = None,
    verify: bool | object = True,
) -> httpx.Client:
    """A client without redirects. `timeout` in seconds, for each connect, read and write.

    `public_only` is for addresses that people give: loopback, private and other special addresses raise
    PrivateAddressError. The address that was checked is the one that is called, so a name server can't
    answer with another one in between (DNS rebinding). Proxies of the environment are not used.
    """
    transport = transport or httpx.HTTPTransport(verify=verify, trust_env=False)  # type: ignore[arg-type]
    if public_only:
        transport = _PublicTransport(transport)
    return httpx.Client(timeout=timeout, transport=transport, follow_redirects=False, trust_env=False)


def async_client(
    *, timeout: httpx.Timeout | float = DEFAULT_TIMEOUT, public_only: bool = False
) -> httpx.AsyncClient:
    """The same for many calls at a time."""
    transport: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(verify=_certificates(), trust_env=False)
    if public_only:
        transport = _AsyncPublicTransport(transport)
    return httpx.AsyncClient(timeout=timeout, transport=transport, follow_redirects=False, trust_env=False)


def get_bytes(http: httpx.Client, url: str, *, max_bytes: int, max_seconds: float) -> httpx.Response:
    """GET with the body read, at most `max_bytes` of it and for at most `max_seconds` altogether.

    Raises httpx.HTTPError: HTTPStatusError for other answers than 200, ResponseTooLargeError, no connection.
    """
    deadline = time.monotonic() + max_seconds
    with http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
        if response.status_code != httpx.codes.OK:
            raise httpx.HTTPStatusError(
                f"answered {response.status_code}", request=response.request, response=response
            )
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > max_bytes or time.monotonic() > deadline:
                raise ResponseTooLargeError("too long an answer", request=response.request)
    return httpx.Response(200, headers=response.headers, content=bytes(body), request=response.request)


@lru_cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes a while, and the event loop waits meanwhile."""
    return httpx.create_ssl_context(trust_env=False)


class _PublicTransport(httpx.BaseTransport):
    """Resolves, checks and then calls the checked address; certificate and Host header stay the name's."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(_pinned(request, public_address(*_target(request))))

    def close(self) -> None:
        self._inner.close()


class _AsyncPublicTransport(httpx.AsyncBaseTransport):
    """Likewise; a slow name server holds up nobody else."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        address = await asyncio.to_thread(public_address, *_target(request))
        return await self._inner.handle_async_request(_pinned(request, address))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _target(request: httpx.Request) -> tuple[str, int]:
    return request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    request.extensions = {**request.extensions, "sni_hostname": request.url.host}
    request.url = request.url.copy_with(host=address)
    return request


def public_address(host: str, port: int) -> str:
    """The first address of `host`; all of them must be public. Raises PrivateAddressError or httpx.ConnectError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise PrivateAddressError(f"{host} has a private address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also one that carries an IPv4 address inside."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        carried = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if carried or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
