"""One process of the watch, to be killed: `python -m tests.faults.worker poll|ingest`, settings from the environment.

It does what Airflow does, again and again: poll all feeds, or sweep and drain the ledger. An engine that is away is
waited for; every other error ends the process, and with it the test.
"""

from __future__ import annotations

import asyncio
import sys
import time

from pipeline import flow, settings
from pipeline.errors import EngineUnavailable


def main(work: str) -> None:
    chosen = settings.load()
    while True:
        try:
            if work == "poll":
                asyncio.run(flow.poll(chosen, force=True))
            else:
                flow.sweep(chosen)
                flow.ingest(chosen)
        except EngineUnavailable as error:
            print(f"{work}: {error}", file=sys.stderr)
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1])
