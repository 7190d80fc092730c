"""One request: what is sent, what of the answer is taken, and the name of what goes wrong."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import (
    BadAnswer,
    BadUrl,
    Gone,
    NotHtml,
    Refused,
    ServerError,
    TimedOut,
    TlsFailure,
    TooLarge,
    TooManyRequests,
    Unreachable,
    VeilleError,
)
from tests.fetch.conftest import Make, Site, free_port, http, to, to_loopback

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


# --- what is sent


async def test_says_who_asks_and_what_for(make: Make, site: Site) -> None:
    site.answers |= {"/": http(), "/rss": http(type_="application/rss+xml")}
    fetcher = await make(site, user_agent="Veille/9 (+https://example.org/)")
    await fetcher.page(f"{site.url}/")
    await fetcher.feed(f"{site.url}/rss")
    robots, page, feed = (asked.headers for asked in site.asked)
    assert {one["user-agent"] for one in (robots, page, feed)} == {"Veille/9 (+https://example.org/)"}
    assert page["accept"].startswith("text/html")
    assert feed["accept"].startswith("application/rss+xml")
    assert page["host"] == site.host
    assert page["accept-encoding"] == "gzip, deflate"
    assert not {"cookie", "referer", "authorization", "from"} & page.keys()


@pytest.mark.parametrize(
    "etag", ['"abc"', 'W/"5f-1"', "no-quotes", '"é"', 'W/"gzip:a,b"', "  ".join(('"two', 'blanks"'))]
)
async def test_validators_are_echoed_to_the_letter(make: Make, site: Site, etag: str) -> None:
    site.answers["/rss"] = http(304, b"")
    fetcher = await make(site)
    page = await fetcher.feed(f"{site.url}/rss", etag=etag, last_modified="Sun, 22 nov. 2026")
    assert (page.status, page.body) == (304, b"")
    assert site.asked[0].headers["if-none-match"] == etag
    assert site.asked[0].headers["if-modified-since"] == "Sun, 22 nov. 2026"


async def test_without_validators_the_request_is_unconditional(make: Make, site: Site) -> None:
    site.answers["/rss"] = http(304, b"")
    with pytest.raises(BadAnswer, match="unconditional"):
        await (await make(site)).feed(f"{site.url}/rss")
    assert not {"if-none-match", "if-modified-since"} & site.asked[0].headers.keys()


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/a?x=1&y=é#xtor=RSS-3-[societe]", "/a?x=1&y=%C3%A9"),
        ("/actu/792,31,9,7,33/feed", "/actu/792,31,9,7,33/feed"),
        ("/?format=rss/news", "/?format=rss/news"),
        ("/a b/%C3%A9t%C3%A9", "/a%20b/%C3%A9t%C3%A9"),
        ("", "/"),
    ],
)
async def test_odd_urls_are_asked_for_as_they_are(make: Make, site: Site, path: str, sent: str) -> None:
    site.answers[sent] = http()
    page = await (await make(site)).feed(site.url + path)
    assert site.asked[0].path == sent
    assert page.url == site.url + path
    assert page.final_url in (site.url + sent, site.url + path)


@pytest.mark.parametrize(
    "url",
    ["", "news", "ftp://a.example/", "file:///etc/passwd", "http://", "http:///a", "http://a..example/", "http://.a.fr/",
     "http://a:99999/", f"http://{'a.' * 200}fr/", "http://[::1/", "mailto:a@b.fr", "http://user@a.example/",
     "javascript:alert(1)"],
)  # fmt: skip
async def test_what_is_no_http_url_is_not_asked_for(make: Make, url: str) -> None:
    with pytest.raises(BadUrl):
        await (await make()).page(url)


# --- statuses


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Refused), (401, Refused), (402, Refused), (403, Refused), (404, Gone), (405, Refused), (408, TimedOut),
     (410, Gone), (418, Refused), (429, TooManyRequests), (451, Refused), (500, ServerError), (502, ServerError),
     (503, ServerError), (520, ServerError), (204, BadAnswer), (206, BadAnswer), (300, BadAnswer), (305, BadAnswer)],
)  # fmt: skip
async def test_each_status_has_its_name(make: Make, site: Site, status: int, error: type[VeilleError]) -> None:
    site.answers["/"] = http(status)
    with pytest.raises(error) as caught:
        await (await make(site)).feed(f"{site.url}/")
    assert type(caught.value) is error
    assert caught.value.status == status  # type: ignore[attr-defined]
    assert str(status) in str(caught.value)


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "120", 120.0),
        (503, "3600", 3600.0),
        (429, "Sun, 22 Nov 2026 12:10:00 GMT", 600.0),
        (503, "Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        (429, "99999999999999999999", 7 * 86_400.0),
        (429, "-5", None),
        (429, "soon", None),
        (429, "", None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_date(
    make: Make, site: Site, status: int, value: str, seconds: float | None
) -> None:
    site.answers["/"] = http(status, b"", f"Retry-After: {value}")
    with pytest.raises(TooManyRequests) as caught:
        await (await make(site, now=lambda: NOW)).feed(f"{site.url}/")
    assert caught.value.retry_after == seconds


async def test_503_without_a_date_is_the_servers_own_trouble(make: Make, site: Site) -> None:
    site.answers["/"] = http(503, b"", "Retry-After: soon")
    with pytest.raises(ServerError):
        await (await make(site)).feed(f"{site.url}/")


# --- redirects


async def test_redirects_are_followed_and_kept(make: Make, site: Site, other_site: Site) -> None:
    site.answers |= {"/old": to("/moved", 301), "/moved": to(f"{other_site.url}/new?é", 308)}
    other_site.answers["/new?%C3%A9"] = http(200, b"<p>new</p>")
    page = await (await make(site, other_site)).page(f"{site.url}/old")
    assert page.redirects == ((301, f"{site.url}/moved"), (308, f"{other_site.url}/new?%C3%A9"))
    assert (page.url, page.final_url) == (f"{site.url}/old", f"{other_site.url}/new?%C3%A9")
    assert (page.status, page.body) == (200, b"<p>new</p>")


async def test_five_redirects_are_followed_and_six_are_not(make: Make, site: Site) -> None:
    site.answers |= {f"/{number}": to(f"/{number + 1}") for number in range(20)} | {"/5": http()}
    fetcher = await make(site)
    assert len((await fetcher.feed(f"{site.url}/0")).redirects) == 5
    with pytest.raises(BadAnswer, match="more than 5"):
        await fetcher.feed(f"{site.url}/6")
    assert site.paths()[6:] == [f"/{number}" for number in range(6, 12)]


@pytest.mark.parametrize("locations", [["/0"], ["/1", "/0"], ["/1", "/2", "/1"]])
async def test_a_redirect_loop_is_a_bad_answer(make: Make, site: Site, locations: list[str]) -> None:
    site.answers |= {f"/{number}": to(location) for number, location in enumerate(locations)}
    with pytest.raises(BadAnswer, match="loop"):
        await (await make(site)).page(f"{site.url}/0")


async def test_a_redirect_to_nowhere_is_a_bad_answer(make: Make, site: Site) -> None:
    site.answers["/"] = http(302)
    with pytest.raises(BadAnswer, match="not where to"):
        await (await make(site)).page(f"{site.url}/")


# --- bodies


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"<p>bonjour</p>", mtime=0)),
        ("x-gzip", gzip.compress(b"<p>bonjour</p>", mtime=0)),
        ("GZIP", gzip.compress(b"<p>bon", mtime=0) + gzip.compress(b"jour</p>", mtime=0)),
        ("gzip", gzip.compress(b"<p>bonjour</p>", mtime=0) + b"\0\0\0"),
        ("deflate", zlib.compress(b"<p>bonjour</p>")),
        ("deflate", zlib.compress(b"<p>bonjour</p>", wbits=-15)),
        ("identity", b"<p>bonjour</p>"),
        ("utf-8", b"<p>bonjour</p>"),
    ],
)
async def test_bodies_come_decompressed(make: Make, site: Site, encoding: str, packed: bytes) -> None:
    site.answers["/"] = http(200, packed, f"Content-Encoding: {encoding}")
    page = await (await make(site)).page(f"{site.url}/")
    assert page.body == b"<p>bonjour</p>"
    assert page.wire_bytes == len(packed)


@pytest.mark.parametrize(
    "answer",
    [
        http(200, b"no gzip at all", "Content-Encoding: gzip"),
        http(200, gzip.compress(b"x" * 5000)[:-9], "Content-Encoding: gzip"),
        http(200, b"x", "Content-Encoding: br"),
        http(200, b"x", "Content-Encoding: zstd"),
        http(200, gzip.compress(gzip.compress(b"x")), "Content-Encoding: gzip, gzip"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 2_000_000,
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: a\r\n" * 100_000,
        b"",
    ],
    ids=["not-gzip", "cut-gzip", "br", "zstd", "twice", "cut", "cut-chunks", "bad-chunks", "two-lengths", "ssh", "tls",
         "long-header", "many-headers", "nothing"],
)  # fmt: skip
async def test_broken_answers_are_named(make: Make, site: Site, answer: bytes) -> None:
    async def close(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    site.answers["/"] = close
    with pytest.raises((BadAnswer, Unreachable)):
        await (await make(site)).feed(f"{site.url}/")


async def test_a_gzip_bomb_costs_no_more_than_its_cap(make: Make, site: Site) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(300)) + packer.flush()
    site.answers["/bomb"] = http(200, bomb, "Content-Encoding: gzip")
    fetcher = await make(site, page_max_bytes=2_000_000)
    tracemalloc.start()
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    try:
        with pytest.raises(TooLarge, match="over 2000000"):
            await fetcher.page(f"{site.url}/bomb")
        assert tracemalloc.get_traced_memory()[1] - before < 15_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "headers", ["Content-Length: 99999999999", "Transfer-Encoding: chunked", "Content-Encoding: gzip"]
)
async def test_an_endless_body_is_left_at_its_cap(make: Make, site: Site, headers: str) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n\r\n".encode())
        piece = b"\0" * 65_536
        if "gzip" in headers:  # members of nothing: bytes without end that decompress to none
            piece = gzip.compress(b"") * 3000
        if "chunked" in headers:
            piece = b"10000\r\n" + piece + b"\r\n"
        while True:
            writer.write(piece)
            await writer.drain()

    site.answers["/"] = endless
    with pytest.raises(TooLarge):
        await (await make(site, feed_max_bytes=1_000_000)).feed(f"{site.url}/")


@pytest.mark.parametrize("where", ["before", "headers", "body", "redirects"])
async def test_the_time_cap_holds_for_the_whole_request(make: Make, site: Site, where: str) -> None:
    """A drop every 50 ms keeps every single wait short; only the sum is too long."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        if where == "redirects":
            await asyncio.sleep(0.3)
            writer.write(to(f"/{len(site.asked)}"))
            return
        if where != "before":
            writer.write(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 1000\r\n\r\n" if where == "body" else b""))
        for _ in range(200):
            await asyncio.sleep(0.05)
            if where != "before":
                writer.write(b"x" if where == "body" else b"X-Y: z\r\n")
                await writer.drain()

    site.answers |= {"/": drip} | {f"/{number}": drip for number in range(10)}
    fetcher = await make(site, request_timeout=0.5)
    async with asyncio.timeout(5):
        with pytest.raises(TimedOut):
            await fetcher.feed(f"{site.url}/")


async def test_a_closed_port_is_unreachable(make: Make) -> None:
    host = f"127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable):
        await (await make(names=[host])).feed(f"http://{host}/")


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "video/mp4", "application/json", "audio/mpeg"])
async def test_a_page_of_another_type_is_not_read(make: Make, site: Site, kind: str) -> None:
    site.answers["/"] = http(type_=kind)
    fetcher = await make(site)
    with pytest.raises(NotHtml, match=kind):
        await fetcher.page(f"{site.url}/")
    assert (await fetcher.feed(f"{site.url}/")).content_type == kind


@pytest.mark.parametrize("kind", ["text/html; charset=windows-1252", "application/xhtml+xml", "TEXT/HTML", ""])
async def test_html_is_known_by_its_declared_types(make: Make, site: Site, kind: str) -> None:
    site.answers["/"] = http(type_=kind)
    assert (await (await make(site)).page(f"{site.url}/")).body == b"<p>ok</p>"


async def test_headers_come_as_they_were_repeated_ones_too(make: Make, site: Site) -> None:
    site.answers["/"] = http(200, b"x", "Link: <a>", "Link: <b>", "X-Ville: Orl\xe9ans")
    page = await (await make(site, now=lambda: NOW)).feed(f"{site.url}/")
    assert [value for name, value in page.headers if name == "Link"] == ["<a>", "<b>"]
    assert page.header("x-ville") == "Orléans"
    assert (page.fetched_at, page.address) == (NOW, "127.0.0.1")


# --- TLS


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for a name, with its key, in one file."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
async def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """The port of an HTTPS server with a certificate for `journal.example`, and the name that each client asked for."""
    file = certificate(tmp_path, "journal.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    names: list[str | None] = []
    context.sni_callback = lambda socket, name, _: names.append(name)
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    yield site, names
    server.close()


async def test_tls_checks_the_name_although_the_connection_goes_to_an_address(make: Make, secure) -> None:  # type: ignore[no-untyped-def]
    site, names = secure
    site.answers["/"] = http()
    hosts = [f"journal.example:{site.port}", f"autre.example:{site.port}"]
    fetcher = await make(names=hosts, resolver=to_loopback)
    page = await fetcher.feed(f"https://{hosts[0]}/")
    assert (page.body, page.address) == (b"<p>ok</p>", "127.0.0.1")
    with pytest.raises(TlsFailure, match=r"autre\.example"):
        await fetcher.feed(f"https://{hosts[1]}/")
    assert names == ["journal.example", "autre.example"]


async def test_a_step_down_from_https_is_followed_and_visible(make: Make, secure, site: Site) -> None:  # type: ignore[no-untyped-def]
    safe, _ = secure
    safe.answers["/"] = to(f"{site.url}/plain", 301)
    site.answers["/plain"] = http()
    host = f"journal.example:{safe.port}"
    fetcher = await make(site, names=[host], resolver=to_loopback)
    page = await fetcher.feed(f"https://{host}/")
    assert page.redirects == ((301, f"{site.url}/plain"),)


async def test_a_server_without_tls_is_a_tls_failure(make: Make) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(http(400))
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        host = "{}:{}".format(*server.sockets[0].getsockname())
        with pytest.raises(TlsFailure):
            await (await make(names=[host])).feed(f"https://{host}/")


async def test_a_server_that_stalls_in_the_handshake_is_timed_out_and_let_go(make: Make) -> None:
    closed = asyncio.Event()

    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        closed.set()
        writer.close()

    async with await asyncio.start_server(stall, "127.0.0.1", 0) as server:
        host = "{}:{}".format(*server.sockets[0].getsockname())
        fetcher = await make(names=[host], request_timeout=0.3)
        with pytest.raises(TimedOut):
            await fetcher.feed(f"https://{host}/")
        async with asyncio.timeout(5):
            await closed.wait()
