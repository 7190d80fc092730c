"""Every named error, under one root, in three fates.

    VeilleError
    ├── Retry                    the network's fault: the entry or feed is tried again later
    │   ├── Unreachable          no address, no connection, connection lost
    │   ├── TimedOut             the time cap of a request was reached
    │   ├── TlsFailure           certificate or handshake
    │   ├── TooManyRequests      429, or 503 with Retry-After; carries `retry_after` seconds
    │   ├── ServerError          5xx
    │   ├── Refused              401, 402, 403, 451: per client, not proof of death
    │   ├── BadAnswer            redirect loop, broken encoding, truncated or malformed HTTP
    │   ├── IndexRefused         the index took the batch, but not this document
    │   ├── ExtractionFailed     the extraction of one page was killed (time, memory) or crashed
    │   └── TaggingFailed        the tagging of one story was killed or crashed
    ├── Skip                     this entry gives no story, and asking again would not help; carries `reason`
    │   ├── Gone                 404, 410
    │   ├── AddressRefused       the address guard said no
    │   ├── RobotsRefused        robots.txt says no
    │   ├── TooLarge             the body went over its cap
    │   ├── NotHtml              another content type
    │   └── BadUrl               not an http(s) URL
    ├── FeedError                what was fetched is no feed: HTML, not XML, forbidden XML
    └── Fail                     this run cannot go on
        ├── EngineUnavailable    Elasticsearch does not answer
        ├── EngineRefused        Elasticsearch answers no: credentials, mapping, a bad request
        ├── WorkersUnavailable   no worker process can be started, or it lacks what it needs
        ├── RegistryInvalid      feeds.csv, with line numbers
        ├── SettingsInvalid      a VEILLE_ variable
        ├── LexiconInvalid       a gazetteer file, with line numbers
        ├── ArchiveDamaged       a WARC record that is not what its pointer says
        └── InputInvalid         a file given on the command line

Belongs here: names and what `str()` says (url and cause). Does not belong here: what is done about them (`flow` for
the command line, `dags/` for Airflow).
"""

from __future__ import annotations

from pipeline.records import SkipReason


class VeilleError(Exception):
    """Root. `str()` is one line: the URL or file where there is one, and the cause."""

    def __init__(self, message: str, *, url: str | None = None) -> None:
        super().__init__(f"{url}: {message}" if url else message)
        self.url = url

    @property
    def named(self) -> str:
        """`Name: message`, as stored in the ledger and shown to people."""
        return f"{type(self).__name__}: {self}"


class Retry(VeilleError):
    def __init__(
        self,
        message: str,
        *,
        url: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, url=url)
        self.status = status
        self.retry_after = retry_after
        """Seconds to wait, where the server said so."""


class Unreachable(Retry): ...


class TimedOut(Retry): ...


class TlsFailure(Retry): ...


class TooManyRequests(Retry): ...


class ServerError(Retry): ...


class Refused(Retry): ...


class BadAnswer(Retry): ...


class IndexRefused(Retry): ...


class ExtractionFailed(Retry): ...


class TaggingFailed(Retry): ...


class Skip(VeilleError):
    reason: SkipReason

    def __init__(self, message: str, *, url: str | None = None, status: int | None = None) -> None:
        super().__init__(message, url=url)
        self.status = status


class Gone(Skip):
    reason = SkipReason.GONE


class AddressRefused(Skip):
    reason = SkipReason.ADDRESS


class RobotsRefused(Skip):
    reason = SkipReason.ROBOTS


class TooLarge(Skip):
    reason = SkipReason.TOO_LARGE


class NotHtml(Skip):
    reason = SkipReason.NOT_HTML


class BadUrl(Skip):
    reason = SkipReason.BAD_URL


class FeedError(VeilleError): ...


class Fail(VeilleError): ...


class EngineUnavailable(Fail): ...


class EngineRefused(Fail): ...


class WorkersUnavailable(Fail): ...


class RegistryInvalid(Fail): ...


class SettingsInvalid(Fail): ...


class LexiconInvalid(Fail): ...


class ArchiveDamaged(Fail): ...


class InputInvalid(Fail): ...
