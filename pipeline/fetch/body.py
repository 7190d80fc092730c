"""The body of an answer, decompressed as it comes and never beyond its cap.

Belongs here: content codings and sizes. Does not belong here: what the body is.

Only gzip and deflate are asked for: zlib can be told how much to give out at most, so that a bomb costs no more than
the cap. The bindings of br and zstd give out all that a chunk holds, whatever its size, and would have to be trusted.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from pipeline.errors import BadAnswer, TooLarge

ACCEPT_ENCODING = "gzip, deflate"
_PLAIN = frozenset(("", "identity", "none", "utf-8"))
"""The last two are mistakes seen in the wild that do no harm."""
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB, _RAW_DEFLATE = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS


async def read(chunks: AsyncIterable[bytes], encoding: str, cap: int, *, cut: bool = False) -> tuple[bytes, int]:
    """The decompressed body, and the number of bytes that came over the wire.

    Args:
        encoding: the Content-Encoding header, empty when there is none.
        cap: bytes, of both the body and what came over the wire.
        cut: what is over the cap is left away instead of refused.

    Raises:
        TooLarge: the body is over its cap; no more was read than it took to know.
        BadAnswer: an encoding that was not asked for, or a body that is not in it, or ends before its end.
    """
    inflate = _inflater(encoding)
    parts: list[bytes] = []
    size = wire = 0
    async for chunk in chunks:
        wire += len(chunk)
        part = inflate.feed(chunk, cap + 1 - size) if inflate else chunk
        parts.append(part)
        size += len(part)
        if size > cap or wire > cap:
            if cut:
                return b"".join(parts)[:cap], wire
            raise TooLarge(f"body over {cap} bytes")
    if inflate and wire and not inflate.ended:
        raise BadAnswer("compressed body ends before its end")
    return b"".join(parts), wire


class _Inflater:
    """gzip (of any number of members), zlib and raw deflate, bounded."""

    def __init__(self, encoding: str) -> None:
        self._may_be_raw = encoding == "deflate"
        self._zlib = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._started = False

    @property
    def ended(self) -> bool:
        return self._zlib.eof

    def feed(self, data: bytes, most: int) -> bytes:
        """What these bytes decompress to, at most `most` bytes of it (at least 1); the rest is lost."""
        parts: list[bytes] = []
        while data and most > 0:
            if self._zlib.eof:
                if not data.startswith(_GZIP_MAGIC):
                    break  # padding after the end, which browsers bear too
                self._zlib = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                part = self._zlib.decompress(data, most)
            except zlib.error as error:
                if self._started or not self._may_be_raw:
                    raise BadAnswer(f"broken encoding: {error}") from error
                self._may_be_raw = False
                self._zlib = zlib.decompressobj(_RAW_DEFLATE)
                continue
            self._started = True
            parts.append(part)
            most -= len(part)
            data = self._zlib.unconsumed_tail or self._zlib.unused_data
        return b"".join(parts)


def _inflater(encoding: str) -> _Inflater | None:
    codings = [coding for part in encoding.split(",") if (coding := part.strip().lower()) not in _PLAIN]
    if not codings:
        return None
    if len(codings) > 1 or codings[0] not in ("gzip", "x-gzip", "deflate"):
        raise BadAnswer(f"content encoding not asked for: {encoding}")
    return _Inflater(codings[0])
