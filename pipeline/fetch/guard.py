"""The address guard: which addresses may be connected to, and the network backend that connects to no other.

Belongs here: the decision on an IP address, and the one place where a socket is opened. Does not belong here: URLs and
redirects (`client`), which pass through here at every hop because each hop opens its connection here.

The name is resolved once, every address of the answer is judged, and the connection goes to a judged address, not to
the name: a second answer of the resolver (DNS rebinding) is never asked for. TLS still checks the name, because
httpcore takes the server's name from the URL and not from here. The environment's proxies are not used: a proxy would
resolve the name itself, behind the guard's back.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore

from pipeline.errors import AddressRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host and port to IP addresses as text, best first. Raises OSError when there is none."""

CONNECT_SECONDS = 10.0
"""For one address of a host; the request's own cap stands above it."""

_V4_REFUSED = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments, of which older Pythons know only parts
        "192.88.99.0/24",  # relays of 6to4, withdrawn
        "168.63.129.16/32",  # Azure's host agent: a public address that answers only to the machine itself
    )
)
_V6_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that the registries have handed out (IANA, IPv6 Global Unicast Address Assignments)."""
_V6_REFUSED = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation, RFC 9637
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)


def refusal(address: Address) -> str | None:
    """Why this address must not be connected to; None when it is a public unicast address.

    An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4) is judged by what it carries.
    """
    if isinstance(address, ipaddress.IPv4Address):
        if address.is_multicast:
            return "a multicast address"
        if not address.is_global or any(address in network for network in _V4_REFUSED):
            return "not a public address"
        return None
    carried = address.ipv4_mapped or address.sixtofour
    if carried is None and address in _NAT64:
        carried = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if carried is not None:
        reason = refusal(carried)
        return reason and f"{reason} ({carried}) inside an IPv6 address"
    if address not in _V6_UNICAST or any(address in network for network in _V6_REFUSED) or not address.is_global:
        return "not a public address"
    return None


def literal(host: str) -> Address | None:
    """The address that a host name spells out, None for a name.

    Reads what C libraries read, so that `2130706433`, `0x7f.1` and `0177.0.0.1` are seen for what they are.
    """
    host = host.strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            raise AddressRefused(f"{host} is neither a name nor an address") from None
    return None


async def resolve(host: str, port: int) -> Sequence[str]:
    """The system's resolver, in a thread, in the order of RFC 6724."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guard:
    """Judges hosts.

    Args:
        allowed: `host:port` pairs that may be private; nothing else of that host may.
        resolver: another one than the system's.
    """

    def __init__(self, allowed: Iterable[str] = (), resolver: Resolver = resolve) -> None:
        self._allowed = frozenset(_normal(pair) for pair in allowed)
        self._resolver = resolver

    async def addresses(self, host: str, port: int) -> list[Address]:
        """The addresses to connect to, all of them judged.

        One bad address refuses the host: an answer that mixes public and private addresses is how a rebinding begins.

        Raises:
            AddressRefused
            OSError: the name has no address.
        """
        if (spelled := literal(host)) is not None:
            found = [spelled]
        else:
            found = [ipaddress.ip_address(text) for text in await self._resolver(host, port)]
        if not found:
            raise OSError(f"no address for {host}")
        if _normal(f"{host}:{port}") not in self._allowed:
            for address in found:
                if reason := refusal(address):
                    raise AddressRefused(f"{host} is at {address}, {reason}")
        return found


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to judged addresses only, over another backend that is given addresses and never names."""

    def __init__(self, guard: Guard, network: httpcore.AsyncNetworkBackend | None = None) -> None:
        self._guard = guard
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._guard.addresses(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address for {host}: {error}") from error
        for last, address in ((address is addresses[-1], address) for address in addresses):
            try:
                return _Stream(
                    await self._network.connect_tcp(
                        str(address), port, timeout or CONNECT_SECONDS, local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last:
                    raise
        raise AssertionError("a host without addresses was let through")


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that is closed when its TLS handshake is cancelled; httpcore's own stays open until collected."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.read, self.write, self.aclose = stream.read, stream.write, stream.aclose  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self.aclose()
            raise


def _normal(pair: str) -> str:
    host, _, port = pair.strip().lower().rpartition(":")
    return f"{host.strip('[]').rstrip('.')}:{port}"
