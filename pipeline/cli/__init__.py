"""The command line: `veille COMMAND`.

Belongs here: reading arguments, calling the flow, showing results, exit codes. Does not belong here: any work of the
pipeline itself. Each module of this folder has a `register(commands)` that adds its commands; heavy imports wait until
a command runs, so that `veille --help` answers at once.

Exit codes: 0 the work was done, 1 it was not, 2 wrong call. An error is one line on standard error.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

MODULES = (
    "demo",
    "run",
    "search",
    "extract",
    "tag",
    "feeds",
    "replay",
    "ledger",
    "alerts",
    "brief",
    "engine",
    "index",
)
"""Modules of this folder, in the order in which `veille --help` lists their commands."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="veille", description="A watch on who arms whom in the French-language press.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in MODULES:
        importlib.import_module(f"pipeline.cli.{name}").register(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    chosen = parser().parse_args(arguments)
    from pipeline import settings
    from pipeline.cli import logs
    from pipeline.errors import VeilleError

    logs.to_stderr()
    try:
        return int(chosen.run(chosen, settings.load()))
    except VeilleError as error:
        print(f"veille: {error.named}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader went away (`veille search … | head`): nothing is wrong, and Python must not say so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # The disk of VEILLE_HOME is full, read-only, or not there. Without a file it is a fault of ours: show it whole.
        if error.filename is None:
            raise
        print(f"veille: {type(error).__name__}: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
