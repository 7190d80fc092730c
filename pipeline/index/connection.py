"""The client, and the engine's errors under our own names.

Belongs here: how the client is made from the settings, and which answer means "not there" and which means "no".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from pipeline.errors import EngineRefused, EngineUnavailable, SettingsInvalid
from pipeline.settings import Settings

UNAVAILABLE = frozenset({429, 502, 503, 504})
"""Answers of an engine that is overloaded, starting or has lost a shard: later it may answer."""

REQUEST_SECONDS = 60.0


def engine_url(settings: Settings) -> str:
    """The engine of these settings; with no URL set, the embedded one, started if it does not run."""
    if settings.elasticsearch_url:
        return settings.elasticsearch_url
    from pipeline import engine

    return engine.start(settings.home).url


def connect(settings: Settings, url: str) -> Elasticsearch:
    """A client for this URL. Nothing is sent yet.

    Raises:
        SettingsInvalid: it is no URL.
    """
    options: dict[str, Any] = {}
    if settings.elasticsearch_api_key:
        options["api_key"] = settings.elasticsearch_api_key.get_secret_value()
    if settings.elasticsearch_ca:
        options["ca_certs"] = str(settings.elasticsearch_ca)
    try:
        return Elasticsearch(
            url,
            **options,
            request_timeout=REQUEST_SECONDS,
            # A write that timed out may have been done: whether to do it again is for those who know what it was.
            retry_on_timeout=False,
            max_retries=2,
        )
    except ValueError as error:
        raise SettingsInvalid(f"VEILLE_ELASTICSEARCH_URL: {_one_line(str(error))}") from None


@contextmanager
def named_errors(url: str) -> Iterator[None]:
    """Give the client's errors our names, each on one line and without credentials.

    Raises:
        EngineUnavailable: no connection, no answer in time, or an answer that says "not now".
        EngineRefused: the engine answered no.
    """
    try:
        yield
    except ApiError as error:
        message = _one_line(f"{error.status_code} {error.message}: {_reason(error.body)}")
        if error.status_code in UNAVAILABLE:
            raise EngineUnavailable(message, url=without_credentials(url)) from error
        raise EngineRefused(message, url=without_credentials(url)) from error
    except TransportError as error:
        raise EngineUnavailable(_one_line(error.message), url=without_credentials(url)) from error


def without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _reason(body: object) -> str:
    error = body.get("error") if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return str(error)
    causes = error.get("root_cause") or [error]
    return str(causes[0].get("reason") or error.get("reason"))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
