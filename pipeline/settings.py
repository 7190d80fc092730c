"""Settings, all from `VEILLE_*` environment variables.

Belongs here: what an operator may set. Does not belong here: facts about a feed (the registry) or about French (the
lexicons).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.errors import SettingsInvalid


class Settings(BaseSettings):
    """The environment, read once per process by `load`."""

    model_config = SettingsConfigDict(env_prefix="VEILLE_", frozen=True, extra="ignore")

    home: Path = Path(".veille")
    """Archive, embedded engine's data, host locks."""
    elasticsearch_url: str | None = None
    """None: the embedded engine serves."""
    elasticsearch_api_key: SecretStr | None = None
    elasticsearch_api_key_file: Path | None = None
    """A file that holds the API key, so that it is in no environment; read when no key is given directly."""
    elasticsearch_ca: Path | None = None
    """CA certificate of a cluster with a private one."""
    index_prefix: str = "veille"
    feeds: Path | None = None
    """Another registry than the shipped one; by default `feeds.csv` in `home`, where `veille feeds add` puts it."""
    user_agent: str = "Veille/0.1 (French arms-supply news watch; +https://example.org/veille)"
    allow_private_hosts: Annotated[frozenset[str], NoDecode] = frozenset()
    """`host:port` pairs that the address guard lets through although they are private."""
    host_delay: float = Field(default=1.0, ge=0)
    """Seconds between two requests to one registrable domain, where robots.txt does not ask for more."""
    politeness_scope: str = Field(default="domain", pattern="^(domain|host)$")
    """What counts as one host: the registrable domain, or each host name by itself."""
    request_timeout: float = Field(default=30.0, gt=0)
    """Seconds for a whole request, redirects and body included."""
    feed_max_bytes: int = Field(default=10_000_000, gt=0)
    page_max_bytes: int = Field(default=10_000_000, gt=0)
    """Caps on decompressed bytes."""
    poll_min_seconds: float = Field(default=300.0, gt=0)
    poll_max_seconds: float = Field(default=86_400.0, gt=0)
    extraction_timeout: float = Field(default=20.0, gt=0)
    """Seconds after which the extraction of one page, or the tagging of one story, is killed."""
    extraction_memory: int = Field(default=1_500_000_000, gt=0)
    """Bytes of address space one worker may take."""
    extraction_workers: int = Field(default=2, ge=1)
    """Processes that extract and tag."""
    batch_size: int = Field(default=50, ge=1)
    """Entries claimed at a time."""
    max_attempts: int = Field(default=6, ge=1)
    """Failures after which an entry rests as dead."""
    lease_seconds: float = Field(default=600.0, gt=0)
    alert_rules: Path | None = None
    """Another rules file than the shipped one."""
    webhook: str | None = None
    """URL that gets each alert as JSON by POST."""

    @model_validator(mode="before")
    @classmethod
    def _read_key(cls, values: dict[str, Any]) -> dict[str, Any]:
        file = values.get("elasticsearch_api_key_file")
        if not file or values.get("elasticsearch_api_key"):
            return values
        try:
            key = Path(file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"VEILLE_ELASTICSEARCH_API_KEY_FILE: {error}") from None
        return {**values, "elasticsearch_api_key": key}

    @field_validator("allow_private_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(item.strip() for item in value.split(",") if item.strip())
        return value


def load() -> Settings:
    """The settings of this process.

    Raises:
        SettingsInvalid: a variable has a value that it cannot have; the message names it.
    """
    try:
        chosen = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsInvalid(f"VEILLE_{name}: {message}" if name else message) from None
    own = chosen.home / "feeds.csv"
    return chosen.model_copy(update={"feeds": own}) if chosen.feeds is None and own.exists() else chosen
