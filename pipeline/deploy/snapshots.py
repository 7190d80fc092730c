"""A copy of the indices every night, kept for a month.

Belongs here: the repository and the policy that Elasticsearch itself carries out (snapshot lifecycle management, in
the Basic licence). Does not belong here: the archive of pages, which is files: docs/deployment.md says how to copy it.
"""

from __future__ import annotations

from pipeline.deploy.api import Api

REPOSITORY = "veille"
POLICY = "veille-nightly"
LOCATION = "/usr/share/elasticsearch/snapshots"
"""Inside the Elasticsearch container: `path.repo` in docker-compose.yml, a volume of its own."""


def put_policy(elasticsearch: Api, prefix: str) -> None:
    """Register the repository and the policy; the same ones again are no change."""
    elasticsearch.ask("PUT", f"/_snapshot/{REPOSITORY}", {"type": "fs", "settings": {"location": LOCATION}})
    elasticsearch.ask(
        "PUT",
        f"/_slm/policy/{POLICY}",
        {
            "name": "<veille-{now/d}>",
            "schedule": "0 30 2 * * ?",
            "repository": REPOSITORY,
            # The aliases belong to the indices and come along; Kibana's own objects come from set-up again.
            "config": {"indices": [f"{prefix}-*"], "include_global_state": False},
            "retention": {"expire_after": "30d", "min_count": 5, "max_count": 60},
        },
    )
