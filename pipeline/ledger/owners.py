"""Who holds a lease: a name that a person can read in Kibana, and that tells whether its process still lives.

Belongs here: making and reading these names. Does not belong here: leases (`transitions`).
"""

from __future__ import annotations

import os
import re
import socket

_NAME = re.compile(r"\w+@(?P<host>.+):(?P<pid>\d+)")


def name(purpose: str) -> str:
    """The name of this process: `ingest@host:1234`."""
    return f"{purpose}@{socket.gethostname()}:{os.getpid()}"


def is_gone(owner: str, mine: str) -> bool:
    """Whether the holder of a lease can no longer finish its work.

    Known of this very process, whose earlier run was broken off when a new one begins, and of dead processes of this
    machine. Of other machines nothing is known: their leases run out.
    """
    if owner == mine:
        return True
    named = _NAME.fullmatch(owner)
    if named is None or named["host"] != socket.gethostname():
        return False
    try:
        os.kill(int(named["pid"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
