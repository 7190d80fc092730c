"""Parses the DAGs as Airflow's DAG processor does and prints what it found as JSON. It runs in a process of its own,
because what is imported is the question."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

HEAVY = ("spacy", "thinc", "numpy", "trafilatura", "lxml", "elasticsearch", "feedparser", "dateparser", "warcio")


def main(folder: str) -> None:
    import airflow.sdk  # noqa: F401  # the DAG processor has it long before it parses a file
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

    brought = set(sys.modules)
    started = time.perf_counter()
    bag = DagBag(folder)
    seconds = time.perf_counter() - started
    imported = set(sys.modules) - brought

    def described(dag: Any) -> dict[str, Any]:
        return {
            "tasks": sorted(dag.task_ids),
            "mapped": [task.task_id for task in dag.tasks if task.is_mapped],
            "catchup": dag.catchup,
            "paused": dag.is_paused_upon_creation,
            "max_active_runs": dag.max_active_runs,
            "doc": bool(dag.doc_md),
            "serialized": DagSerialization.to_dict(dag)["dag"]["timetable"],
            "retries": {task.task_id: task.retries for task in dag.tasks},
        }

    json.dump(
        {
            "seconds": seconds,
            "errors": bag.import_errors,
            "heavy": sorted({name.partition(".")[0] for name in imported} & set(HEAVY)),
            "pipeline": sorted(name for name in imported if name.startswith("pipeline.")),
            "dags": {id_: described(dag) for id_, dag in bag.dags.items()},
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1])
