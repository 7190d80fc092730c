"""`veille engine start|stop|status`: the embedded engine.

Belongs here: the three commands. Does not belong here: the process itself (`pipeline.engine`).
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("engine", help="start, stop or show the embedded engine")
    parser.add_argument("action", choices=("start", "stop", "status"))
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Exit 0 when it runs (start, status) or no longer runs (stop); `status` exits 1 when it does not run."""
    from pipeline import engine

    running = None
    if args.action == "start":
        running = engine.start(settings.home)
    elif args.action == "status":
        running = engine.status(settings.home)
    else:
        engine.stop(settings.home)
    if args.json:
        print(json.dumps({"url": running and running.url, "pid": running and running.pid, "running": bool(running)}))
    elif running:
        print(f"embedded engine at {running.url} (pid {running.pid}), data in {settings.home / 'engine'}")
    else:
        print("embedded engine stopped" if args.action == "stop" else "embedded engine not running")
    return 0 if running or args.action == "stop" else 1
