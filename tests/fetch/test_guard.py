"""The address guard: no connection is opened to an address that is not public, however it is reached."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import httpcore
import pytest

from pipeline.errors import AddressRefused, BadAnswer, BadUrl, Unreachable
from pipeline.fetch.guard import Guard, GuardedBackend, literal, refusal
from tests.fetch.conftest import Make, Site, free_port, http, to, to_loopback

REFUSED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "192.88.99.1", "224.0.0.1", "224.0.1.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "::", "::1", "::7f00:1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1",
    "ff02::1", "ff0e::1", "2001:db8::1", "3fff::1", "2001::1", "2001:10::1", "100::1", "5f00::1", "4000::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
]  # fmt: skip
LET_THROUGH = [
    "93.184.216.34", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111",
    "2a00:1450:4007:80e::200e", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_refuses_what_is_not_a_public_unicast_address(address: str) -> None:
    assert refusal(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", LET_THROUGH)
def test_lets_public_addresses_through(address: str) -> None:
    assert refusal(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]", "::1"),
        ("3232235777", "192.168.1.1"),
        ("lemonde.fr", None),
        ("1und1.de", None),
    ],
)
def test_sees_the_address_that_a_host_spells(host: str, address: str | None) -> None:
    expected = ipaddress.ip_address(address) if address else None
    assert literal(host) == expected


async def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.7"]

    with pytest.raises(AddressRefused, match=r"10\.0\.0\.7"):
        await Guard(resolver=mixed).addresses("news.example", 443)


async def test_only_the_very_host_and_port_named_in_the_settings_may_be_private() -> None:
    guard = Guard(["Journal.example:8001", "[::1]:9000"], resolver=to_loopback)
    assert [str(one) for one in await guard.addresses("journal.example", 8001)] == ["127.0.0.1"]
    assert [str(one) for one in await guard.addresses("::1", 9000)] == ["::1"]
    for host, port in (("journal.example", 8002), ("other.example", 8001), ("127.0.0.1", 8001)):
        with pytest.raises(AddressRefused):
            await guard.addresses(host, port)


class Recorder(httpcore.AsyncMockBackend):
    """Notes where connections would go, and gives one that is closed at once."""

    def __init__(self) -> None:
        super().__init__([])
        self.went_to: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.went_to.append(host)
        return await super().connect_tcp(host, port, timeout, local_address, socket_options)


async def test_connects_to_the_address_that_was_judged_and_never_asks_for_another() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]  # DNS rebinding: the second answer is the attack

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    network = Recorder()
    backend = GuardedBackend(Guard(resolver=rebinding), network)
    await backend.connect_tcp("rebinding.example", 80)
    assert network.went_to == ["93.184.216.34"]
    assert len(answers) == 1
    with pytest.raises(AddressRefused):
        await backend.connect_tcp("rebinding.example", 80)
    assert network.went_to == ["93.184.216.34"]


async def test_tries_the_next_address_when_the_first_does_not_answer(make: Make, site: Site) -> None:
    async def dead_then_alive(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    site.answers["/"] = http()
    name = f"journal.example:{site.port}"
    fetcher = await make(names=[name], resolver=dead_then_alive)
    assert (await fetcher.feed(f"http://{name}/")).address == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://localhost:{port}/",
        "http://0:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "https://10.1.2.3/",
    ],
)
async def test_private_addresses_are_never_asked_in_whatever_spelling(make: Make, site: Site, url: str) -> None:
    site.answers["/"] = http()
    fetcher = await make()
    for ask in (fetcher.page, fetcher.feed):
        with pytest.raises((AddressRefused, BadUrl)) as caught:  # for httpx the octal form is no URL at all
            await ask(url.format(port=site.port))
        assert url.format(port=site.port) in str(caught.value)
    assert site.asked == []


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://169.254.169.254/latest/meta-data/", AddressRefused),
        ("http://[::ffff:169.254.169.254]/", AddressRefused),
        ("http://2852039166/", AddressRefused),
        ("http://127.0.0.1:{other}/secret", AddressRefused),
        ("//localhost:{other}/secret", AddressRefused),
        ("file:///etc/passwd", BadUrl),
        ("gopher://127.0.0.1/", BadUrl),
        ("javascript:alert(1)", BadUrl),
        ("data:text/html,x", BadUrl),
        ("http://user:pass@127.0.0.1:{other}/", BadUrl),
        ("http://[::1", BadAnswer),
    ],
)
async def test_a_redirect_opens_no_other_door(
    make: Make, site: Site, other_site: Site, location: str, error: type[Exception]
) -> None:
    other_site.answers["/secret"] = http()
    site.answers["/"] = to(location.format(other=other_site.port))
    fetcher = await make(site)
    for ask in (fetcher.page, fetcher.feed):
        with pytest.raises(error):
            await ask(f"{site.url}/")
    assert other_site.asked == []


async def test_a_name_that_turns_private_between_two_hops_is_refused_at_the_second(make: Make, site: Site) -> None:
    """The name is allowed on one port; the redirect goes to the same name on another."""
    port = free_port()
    site.answers["/"] = to(f"http://journal.example:{port}/")
    name = f"journal.example:{site.port}"
    fetcher = await make(names=[name], resolver=to_loopback)
    with pytest.raises(AddressRefused):
        await fetcher.page(f"http://{name}/")


async def test_proxies_of_the_environment_are_not_used(
    make: Make, site: Site, other_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other_site.url)
    site.answers["/"] = http()
    await (await make(site)).page(f"{site.url}/")
    assert other_site.asked == []


async def test_a_name_without_address_is_unreachable(make: Make) -> None:
    async def nothing(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    fetcher = await make(resolver=nothing)
    with pytest.raises(Unreachable, match="Name or service"):
        await fetcher.feed("http://nulle-part.example/")
