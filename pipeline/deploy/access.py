"""Who may do what in Elasticsearch: the pipeline's API key, Kibana's own user, the readers of Kibana.

Belongs here: the rights, as narrow as the work allows, and how they are put in place again without harm. Does not
belong here: the passwords themselves (`.env`).

Names of privileges: https://www.elastic.co/docs/reference/elasticsearch/security-privileges
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from pipeline.deploy.api import Api
from pipeline.errors import EngineRefused

PIPELINE_KEY = "veille-pipeline"
SETUP_KEY = "veille-setup"
READER = "veille_reader"
"""Name of the role and of the user who has it."""


def pipeline_rights(prefix: str) -> dict[str, Any]:
    """What polling, ingesting, searching and replaying need, and nothing else.

    It cannot create, delete or reshape an index: a document written before set-up is refused instead of making an
    index with guessed mappings, and a stolen key cannot drop the corpus at one stroke. `monitor` is for the one request
    that a client makes on connecting; `maintenance` for refreshes.
    """
    return {
        "pipeline": {
            "cluster": ["monitor"],
            "indices": [
                {"names": [f"{prefix}-*"], "privileges": ["read", "write", "maintenance", "view_index_metadata"]}
            ],
        }
    }


def setup_rights(prefix: str) -> dict[str, Any]:
    """What creating and migrating the indices needs."""
    return {
        "setup": {"cluster": ["monitor"], "indices": [{"names": [f"{prefix}-*"], "privileges": ["all"]}]},
    }


def reader_role(prefix: str) -> dict[str, Any]:
    """Kibana's role body: read what the watch found, look at every dashboard, change nothing."""
    return {
        "description": "Lit la veille : recherche, tableaux de bord, alertes. Ne modifie rien.",
        "elasticsearch": {
            "cluster": [],
            "indices": [{"names": [f"{prefix}-*"], "privileges": ["read", "view_index_metadata"]}],
            "run_as": [],
        },
        "kibana": [{"base": ["read"], "feature": {}, "spaces": ["default"]}],
    }


def set_password(elasticsearch: Api, user: str, password: str) -> None:
    """Give one of Elasticsearch's own users this password. The same one again is no change."""
    elasticsearch.ask("POST", f"/_security/user/{user}/_password", {"password": password})


def put_reader(elasticsearch: Api, password: str) -> None:
    """The user for people in Kibana, with the role of the same name (`kibana.put_role`)."""
    elasticsearch.ask(
        "PUT",
        f"/_security/user/{READER}",
        {"password": password, "roles": [READER], "full_name": "Lecture de la veille"},
    )


def pipeline_key(elasticsearch: Api, file: Path, prefix: str) -> bool:
    """Leave a working API key for the pipeline in this file; True when a new one was made.

    A key that the file holds and that works is kept and brought to today's rights. One that is lost or refused is
    replaced, and the old ones of this name are invalidated.
    """
    rights = pipeline_rights(prefix)
    held = file.read_text(encoding="ascii").strip() if file.exists() else ""
    if held and elasticsearch.found("/_security/_authenticate", key=held):
        elasticsearch.ask("PUT", f"/_security/api_key/{_id_of(held)}", {"role_descriptors": rights})
        return False
    _invalidate(elasticsearch, PIPELINE_KEY)
    made = elasticsearch.ask("POST", "/_security/api_key", {"name": PIPELINE_KEY, "role_descriptors": rights})
    _write(file, made["encoded"])
    return True


def setup_key(elasticsearch: Api, prefix: str) -> str:
    """A key for the next hour that may create and migrate the indices."""
    made = elasticsearch.ask(
        "POST",
        "/_security/api_key",
        {"name": SETUP_KEY, "expiration": "1h", "role_descriptors": setup_rights(prefix)},
    )
    return str(made["encoded"])


def end_setup_key(elasticsearch: Api) -> None:
    _invalidate(elasticsearch, SETUP_KEY)


def _invalidate(elasticsearch: Api, name: str) -> None:
    elasticsearch.ask("DELETE", "/_security/api_key", {"name": name, "owner": True})


def _id_of(encoded: str) -> str:
    """An encoded key is base64 of `id:secret`."""
    try:
        return base64.b64decode(encoded, validate=True).decode("ascii").partition(":")[0]
    except ValueError:
        raise EngineRefused("the API key in the file is not one: remove the file, then run set-up again") from None


def _write(file: Path, key: str) -> None:
    """As a whole, and readable by its owner alone from its first byte on."""
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(key + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
