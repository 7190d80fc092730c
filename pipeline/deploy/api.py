"""A server's JSON API, asked with a user's password, and its refusals under our own names.

Belongs here: how set-up speaks HTTP to Elasticsearch's security API and to Kibana. Does not belong here: what is asked
(`access`, `kibana`, `snapshots`), and everything that the pipeline asks of Elasticsearch (`index`).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from pipeline.errors import EngineRefused, EngineUnavailable

REQUEST_SECONDS = 60.0
PAUSE_SECONDS = 2.0


class Api:
    """One server. A context manager; not for several threads."""

    def __init__(
        self,
        url: str,
        *,
        user: str = "",
        password: str = "",
        ca: Path | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            base_url=self.url,
            auth=(user, password) if user else None,
            headers=dict(headers or {}),
            verify=ssl.create_default_context(cafile=str(ca)) if ca else True,
            timeout=REQUEST_SECONDS,
            # The only servers asked are those named in the settings: a proxy in the environment is not for them.
            trust_env=False,
        )

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer's JSON (None for an empty answer).

        Raises:
            EngineUnavailable: no connection, no answer, 429 or 5xx.
            EngineRefused: any other 4xx.
        """
        try:
            answer = self._client.request(method, path, json=body, files=files, headers=dict(headers or {}))
        except httpx.TransportError as error:
            raise EngineUnavailable(f"{type(error).__name__}: {error}", url=self.url) from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise EngineUnavailable(f"{method} {path}: {answer.status_code} {_told(answer)}", url=self.url)
        if answer.status_code >= 400:
            raise EngineRefused(f"{method} {path}: {answer.status_code} {_told(answer)}", url=self.url)
        return answer.json() if answer.content else None

    def found(self, path: str, *, key: str | None = None) -> bool:
        """Whether a GET of this path is answered with 200, asked with the user's password or with this API key."""
        try:
            if key:
                # httpx puts the client's user over a header of the request's own, unless told that there is no user.
                answer = self._client.get(path, headers={"Authorization": f"ApiKey {key}"}, auth=None)
            else:
                answer = self._client.get(path)
            return answer.status_code == 200
        except httpx.TransportError as error:
            raise EngineUnavailable(f"{type(error).__name__}: {error}", url=self.url) from error

    def wait(self, path: str, seconds: float) -> None:
        """Return as soon as the server answers this path.

        Raises:
            EngineUnavailable: it did not within `seconds`.
            EngineRefused: it answers, and says no.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.ask("GET", path)
                return
            except EngineUnavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)


def _told(answer: httpx.Response) -> str:
    """The reason in the answer's own words, on one line; never what was sent, which may hold a secret."""
    return " ".join(answer.text.split())[:300]
