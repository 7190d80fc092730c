"""The set-up services of docker-compose.yml: `python -m pipeline.deploy.setup elasticsearch|kibana`.

Two steps, because Kibana starts only when its user has a password: first Elasticsearch (passwords, the pipeline's key,
indices and seed, snapshots), then Kibana (role and user of the readers, saved objects, settings, rule). Each may be run
again at any time; an upgrade does.

Belongs here: the order, and what is said of it. Does not belong here: the single steps.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.deploy import access, kibana, snapshots
from pipeline.deploy.api import Api
from pipeline.errors import SettingsInvalid, VeilleError

WAIT_SECONDS = 300.0
"""A cold Kibana on a laptop migrates its own indices first; measured by others at one to two minutes."""


class SetupSettings(BaseSettings):
    """`VEILLE_SETUP_*`: what only set-up may know."""

    model_config = SettingsConfigDict(env_prefix="VEILLE_SETUP_", frozen=True, extra="ignore")

    elasticsearch_url: str
    kibana_url: str
    ca: Path | None = None
    elastic_password: SecretStr
    kibana_password: SecretStr
    reader_password: SecretStr
    key_file: Path
    """Where the pipeline's services read their API key."""
    index_prefix: str = "veille"


def _say(text: str) -> None:
    sys.stdout.write(f"set-up: {text}\n")
    sys.stdout.flush()


def set_up_elasticsearch(settings: SetupSettings) -> None:
    """Passwords, the pipeline's key, indices, seed and snapshots.

    Raises:
        EngineUnavailable, EngineRefused
    """
    prefix = settings.index_prefix
    with _elasticsearch(settings) as elasticsearch:
        elasticsearch.wait("/", WAIT_SECONDS)
        access.set_password(elasticsearch, "kibana_system", settings.kibana_password.get_secret_value())
        _say("Kibana's own user has its password")
        made = access.pipeline_key(elasticsearch, settings.key_file, prefix)
        _say("the pipeline has a new API key" if made else "the pipeline's API key works and has today's rights")
        try:
            _put_in_place(settings, access.setup_key(elasticsearch, prefix))
        finally:
            access.end_setup_key(elasticsearch)
        snapshots.put_policy(elasticsearch, prefix)
        _say("a snapshot is taken every night")


def _put_in_place(settings: SetupSettings, key: str) -> None:
    """Indices, aliases and seed; after an upgrade, mappings of a new version as well."""
    # Here, because it loads the tagger: the Kibana step does without it.
    from pipeline.index import KINDS, Store
    from pipeline.settings import Settings

    environment = Settings(
        elasticsearch_url=settings.elasticsearch_url,
        elasticsearch_api_key=SecretStr(key),
        elasticsearch_ca=settings.ca,
        index_prefix=settings.index_prefix,
    )
    with Store.open(environment) as store:
        store.bootstrap()
        _say("indices, aliases and seed are in place")
        for kind in KINDS:
            done = store.migrate(kind)
            if done.moved:
                _say(f"{done.source} moved to {done.target}: {done.copied} documents; the old index is kept")


def set_up_kibana(settings: SetupSettings) -> None:
    """The readers, and what they find.

    Raises:
        EngineUnavailable, EngineRefused
    """
    password = settings.elastic_password.get_secret_value()
    with (
        _elasticsearch(settings) as elasticsearch,
        Api(settings.kibana_url, user="elastic", password=password, headers=kibana.HEADERS) as server,
    ):
        server.wait("/api/status", WAIT_SECONDS)
        kibana.put_role(server, settings.index_prefix)
        access.put_reader(elasticsearch, settings.reader_password.get_secret_value())
        _say(f"people log in as {access.READER}, who may read")
        _say(f"{kibana.import_objects(server)} data views, searches and dashboards are in Kibana")
        kibana.put_settings(server)
        _say("the rule on the alerts is new" if kibana.put_rule(server) else "the rule on the alerts is up to date")


def _elasticsearch(settings: SetupSettings) -> Api:
    password = settings.elastic_password.get_secret_value()
    return Api(settings.elasticsearch_url, user="elastic", password=password, ca=settings.ca)


STEPS = {"elasticsearch": set_up_elasticsearch, "kibana": set_up_kibana}


def load() -> SetupSettings:
    """The settings of this process.

    Raises:
        SettingsInvalid: a variable is missing or has a value that it cannot have.
    """
    try:
        return SetupSettings()  # type: ignore[call-arg]  # filled from the environment
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsInvalid(f"VEILLE_SETUP_{name}: {first['msg']}") from None


def main(arguments: Sequence[str]) -> int:
    """Run one step; the exit code."""
    if len(arguments) != 1 or arguments[0] not in STEPS:
        sys.stderr.write(f"usage: python -m pipeline.deploy.setup {'|'.join(STEPS)}\n")
        return 2
    try:
        STEPS[arguments[0]](load())
    except VeilleError as error:
        sys.stderr.write(f"set-up: {error.named}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
