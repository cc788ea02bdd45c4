"""HTTP clients for outbound calls: every call has a timeout, none follows redirects."""

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
    """The body exceeds the limit of bytes or seconds."""


def client(
    *,
    timeout: httpx.Timeout | float = DEFAULT_TIMEOUT,
    public_only: bool = False,
    transport: httpx.BaseTransport | None = None,
    verify: ssl.SSLContext | bool = True,
) -> httpx.Client:
    """`timeout` is in seconds and applies to each connect, read and write. Proxies of the environment are ignored.

    Use `public_only` for URLs that users enter: loopback, private and other special addresses raise
    PrivateAddressError. The checked address is the one that is called, which prevents DNS rebinding.
    """
    transport = transport or httpx.HTTPTransport(verify=verify, trust_env=False)
    if public_only:
        transport = PublicTransport(transport)
    return httpx.Client(timeout=timeout, transport=transport, follow_redirects=False, trust_env=False)


def async_client(
    *, timeout: httpx.Timeout | float = DEFAULT_TIMEOUT, public_only: bool = False
) -> httpx.AsyncClient:
    """Like `client`, for concurrent calls."""
    transport: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(verify=_certificates(), trust_env=False)
    if public_only:
        transport = _AsyncPublicTransport(transport)
    return httpx.AsyncClient(timeout=timeout, transport=transport, follow_redirects=False, trust_env=False)


def get_bytes(http: httpx.Client, url: str, *, max_bytes: int, max_seconds: float) -> httpx.Response:
    """GET with the whole body, limited to `max_bytes` and to `max_seconds` in total.

    Raises httpx.HTTPError: HTTPStatusError for any status but 200, ResponseTooLargeError, connection errors.
    """
    deadline = time.monotonic() + max_seconds
    with http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
        if response.status_code != httpx.codes.OK:
            raise httpx.HTTPStatusError(
                f"answered {response.status_code}", request=response.request, response=response
            )
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise ResponseTooLargeError("a compressed answer was not asked for", request=response.request)
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > max_bytes or time.monotonic() > deadline:
                raise ResponseTooLargeError("response too large", request=response.request)
    return httpx.Response(200, headers=response.headers, content=bytes(body), request=response.request)


@lru_cache
def _certificates() -> ssl.SSLContext:
    """Loaded once: loading takes a while and blocks the event loop."""
    return httpx.create_ssl_context(trust_env=False)


class PublicTransport(httpx.BaseTransport):
    """Resolves and checks the host, then calls the checked address. Certificate and Host header stay the host's."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(_pinned(request, public_address(*_target(request))))

    def close(self) -> None:
        self._inner.close()


class _AsyncPublicTransport(httpx.AsyncBaseTransport):
    """Like PublicTransport; resolving runs in a thread, so that a slow name server does not block other calls."""

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
    """The first address of `host`. All must be public. Raises PrivateAddressError or httpx.ConnectError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise PrivateAddressError(f"{host} has a private address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet. IPv6 addresses that embed an IPv4 address are not."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        carried = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if carried or ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


_GLOBAL_UNICAST = ipaddress.ip_network(
    "2000::/3"
)  # all other blocks of IPv6 are reserved or special (RFC 4291)
