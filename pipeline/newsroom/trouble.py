"""What can go wrong between a newsroom and its readers, each under a name.

A trouble turns a good answer into a bad one: pure functions from answer to answer. The names and their options are
listed in `TROUBLES`; `Newsroom.break_` puts one on a path, an article, a feed or a whole outlet.

Belongs here: the bad answers. Does not belong here: which requests get them (`room`), how they are sent (`server`).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from pipeline.newsroom.server import Answer, Manner

HTML = (("Content-Type", "text/html; charset=utf-8"),)
_PAGE = "<!DOCTYPE html><html lang='fr'><head><title>{0}</title></head><body><h1>{0}</h1><p>{1}</p></body></html>"


@dataclass(slots=True)
class Trouble:
    """A trouble at work: its name, its options, and how many more answers it spoils (None: all)."""

    how: str
    options: Mapping[str, Any]
    left: int | None = None

    def spoil(self, answer: Answer) -> Answer:
        if self.left is not None:
            self.left -= 1
        return TROUBLES[self.how](answer, **self.options)


def page(status: int, title: str, text: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """A short HTML page with this status."""
    return Answer(status, (*HTML, *headers), _PAGE.format(title, text).encode())


def _status(status: int, title: str) -> Callable[..., Answer]:
    def spoiled(answer: Answer, *, retry_after: float | str | None = None) -> Answer:
        extra = () if retry_after is None else (("Retry-After", str(retry_after)),)
        return page(status, title, headers=extra)

    return spoiled


def _redirect(status: int, default: str | None = None) -> Callable[..., Answer]:
    def spoiled(answer: Answer, *, to: str | None = default) -> Answer:
        if to is None:
            raise ValueError("a redirect needs to=")
        return page(status, "Redirection", headers=(("Location", to),))

    return spoiled


def _header(name: str, default: str | None) -> Callable[..., Answer]:
    def spoiled(answer: Answer, *, value: str | None = default) -> Answer:
        return replace(answer, headers=answer.with_header(name, value))

    return spoiled


def _not_modified(answer: Answer) -> Answer:
    """304 whatever was asked, as broken caches do."""
    return replace(answer, status=304, body=b"")


def _no_validators(answer: Answer) -> Answer:
    return replace(
        answer, headers=tuple(pair for pair in answer.headers if pair[0].lower() not in ("etag", "last-modified"))
    )


def _slow(answer: Answer, *, seconds: float = 1.0) -> Answer:
    return replace(answer, manner=Manner(delay=seconds))


def _drip(answer: Answer, *, bytes: int = 1, pause: float = 0.05) -> Answer:
    return replace(answer, manner=Manner(drip=bytes, pause=pause))


def _hang(answer: Answer) -> Answer:
    return replace(answer, manner=Manner(hang=True))


def _endless(answer: Answer) -> Answer:
    headers = tuple(pair for pair in answer.headers if pair[0].lower() != "content-encoding")
    filler = b"<p>" + b"Et la suite au prochain paragraphe. " * 2_000 + b"</p>\n"
    return replace(answer, headers=headers, body=b"<html><body>", manner=Manner(endless=filler))


def _large(answer: Answer, *, megabytes: int = 20) -> Answer:
    """An honest body of this size, in plain bytes."""
    plain = tuple(pair for pair in answer.headers if pair[0].lower() != "content-encoding")
    return replace(answer, headers=plain, body=b"<p>" + b"La suite. " * (megabytes * 100_000) + b"</p>")


def _gzip_bomb(answer: Answer, *, megabytes: int = 1_000) -> Answer:
    """A thousandth of what it unpacks to. The deflate block of one megabyte of zeros stands by itself after a full
    flush, so it is made once and repeated."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeezer.compress(bytes(1_000_000)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    body = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + block * megabytes
    return replace(answer, headers=answer.with_header("Content-Encoding", "gzip"), body=body)


def _bad_gzip(answer: Answer) -> Answer:
    """Says gzip, is not."""
    headers = answer.with_header("Content-Encoding", "gzip")
    return replace(answer, headers=headers, body=b"ceci n'est pas du gzip " * 20)


def _wrong_charset(answer: Answer, *, charset: str = "iso-8859-1") -> Answer:
    kind = (answer.header("Content-Type") or "text/html").partition(";")[0]
    return replace(answer, headers=answer.with_header("Content-Type", f"{kind}; charset={charset}"))


def _truncated(answer: Answer, *, share: float = 0.5) -> Answer:
    """Sends this share of what Content-Length promises, and closes."""
    keep = int(len(answer.body) * share)
    return replace(answer, body=answer.body[:keep], manner=Manner(missing=len(answer.body) - keep))


def _reset(answer: Answer, *, after: int = 0) -> Answer:
    return replace(answer, manner=Manner(reset_after=after))


def _html(answer: Answer) -> Answer:
    """200, and a web page where something else was expected."""
    return page(200, "Nos flux RSS", "<a href='/'>Retrouvez tous nos flux</a> et suivez l'actualité.")


def _body(body: str, kind: str = "application/rss+xml; charset=utf-8") -> Callable[..., Answer]:
    def spoiled(answer: Answer) -> Answer:
        return Answer(200, (("Content-Type", kind),), body.encode())

    return spoiled


def _malformed(answer: Answer) -> Answer:
    """An unescaped ampersand and a missing end tag after the items: a tolerant parser still reads them."""
    text = re.sub(rb"(</channel>\s*</rss>|</feed>|</rdf:RDF>)\s*$", b"<lire & relire></item>", answer.body)
    return replace(answer, body=text)


def _external_entity(answer: Answer, *, system: str = "file:///etc/passwd") -> Answer:
    text = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY dehors SYSTEM "{system}">]>'
        "<rss version='2.0'><channel><title>Le fil</title><item><title>Lu ailleurs : &dehors;</title>"
        "<link>http://127.0.0.1/ailleurs</link><description>&dehors;</description></item></channel></rss>"
    )
    return Answer(200, (("Content-Type", "application/rss+xml; charset=utf-8"),), text.encode())


def _xml_bomb() -> str:
    """The billion laughs: ten levels of ten."""
    entities = '<!ENTITY a0 "ha ">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]><rss version="2.0"><channel><title>&a10;</title>'
        "<item><title>&a10;</title><link>http://127.0.0.1/rire</link></item></channel></rss>"
    )


def _in_channel(element: str) -> Callable[..., Answer]:
    def spoiled(answer: Answer, *, minutes: int = 60, period: str = "hourly", frequency: int = 2) -> Answer:
        inserted = element.format(minutes=minutes, period=period, frequency=frequency).encode()
        return replace(answer, body=re.sub(rb"(<channel[^>]*>|<feed[^>]*>)", rb"\1" + inserted, answer.body, count=1))

    return spoiled


def _bom(answer: Answer) -> Answer:
    return replace(answer, body=b"\xef\xbb\xbf" + answer.body)


_SY = (
    '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">{period}</sy:updatePeriod>'
    '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">{frequency}</sy:updateFrequency>'
)
_EMPTY = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Le fil</title></channel></rss>'

TROUBLES: Mapping[str, Callable[..., Answer]] = MappingProxyType(
    {
        "304": _not_modified,
        "301": _redirect(301),
        "302": _redirect(302),
        "308": _redirect(308),
        "redirect-private": _redirect(302, "http://169.254.169.254/latest/meta-data/"),
        "redirect-file": _redirect(302, "file:///etc/passwd"),
        "401": _status(401, "Identification requise"),
        "403": _status(403, "Accès refusé"),
        "404": _status(404, "Page introuvable"),
        "410": _status(410, "Cette page a été supprimée"),
        "429": _status(429, "Trop de requêtes"),
        "451": _status(451, "Indisponible pour des raisons légales"),
        "500": _status(500, "Erreur interne"),
        "503": _status(503, "Service momentanément indisponible"),
        "slow": _slow,
        "drip": _drip,
        "hang": _hang,
        "endless": _endless,
        "large": _large,
        "gzip-bomb": _gzip_bomb,
        "bad-gzip": _bad_gzip,
        "wrong-charset": _wrong_charset,
        "no-content-type": _header("Content-Type", None),
        "truncated": _truncated,
        "reset": _reset,
        "html": _html,
        "empty-body": _body(""),
        "empty-channel": _body(_EMPTY),
        "malformed-xml": _malformed,
        "xml-bomb": _body(_xml_bomb()),
        "external-entity": _external_entity,
        "bom": _bom,
        "ttl": _in_channel("<ttl>{minutes}</ttl>"),
        "sy": _in_channel(_SY),
        "cache-control": _header("Cache-Control", "max-age=1800"),
        "expires-0": _header("Expires", "0"),
        "hub": _header("Link", '<https://hub.example.org/>; rel="hub"'),
        "no-validators": _no_validators,
    }
)
"""Every trouble by name. `302` with `to=` its own path is a redirect loop: `loop` in `Newsroom.break_`; `down` closes
the outlet's port."""
