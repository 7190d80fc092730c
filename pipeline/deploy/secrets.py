"""`make secrets`: a random value for every secret that `.env` does not have yet.

Belongs here: how a secret is made and how the file is written. Does not belong here: which secrets there are
(`.env.example`: every name that is left empty there). Standard library only, so that it runs before anything is
installed: `python3 -m pipeline.deploy.secrets`.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path


def _fernet_key() -> str:
    """32 random bytes in URL-safe base64, as Airflow's Fernet key must be."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def value_for(name: str) -> str:
    """A random value in the form that this name asks for.

    Hexadecimal, because a shell, a URL, YAML and Compose all read it as it is. Passwords, which people copy, have 128
    bits; keys have 256, in the 64 characters that Airflow's tokens (HMAC-SHA-512) ask for.
    """
    if name.endswith("FERNET_KEY"):
        return _fernet_key()
    return secrets.token_hex(16 if name.endswith("PASSWORD") else 32)


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of every `NAME=value` line; comments and empty lines are passed over."""
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            yield name.strip(), value.strip()


def complete(example: str, present: str) -> tuple[str, list[str]]:
    """The text of an `.env` that has all names of the example, and the names that were added.

    What is there is kept to the byte, an empty value of a person's own included. A name that the example leaves empty
    is a secret and gets a random value; any other one gets the example's value.
    """
    known = {name for name, _ in assignments(present)}
    added: list[str] = []
    lines: list[str] = []
    for line in example.splitlines():
        pair = next(assignments(line), None)
        if pair is None:
            # The example's comments belong into a file that is made from scratch; an upgrade appends names alone.
            if not present:
                lines.append(line)
            continue
        name, value = pair
        if name in known:
            continue
        lines.append(f"{name}={value or value_for(name)}")
        added.append(name)
    kept = present if not present or present.endswith("\n") else present + "\n"
    return kept + "".join(f"{line}\n" for line in lines), added


def write(path: Path, text: str) -> None:
    """Replace the file as a whole, readable by its owner alone from its first byte on."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def main(folder: Path) -> int:
    """Complete `.env` in this folder; the exit code."""
    target = folder / ".env"
    example = (folder / ".env.example").read_text(encoding="utf-8")
    present = target.read_text(encoding="utf-8") if target.exists() else ""
    text, added = complete(example, present)
    if not added:
        sys.stdout.write(".env has every secret already; nothing was changed.\n")
        return 0
    write(target, text)
    sys.stdout.write(f".env: {', '.join(added)} added. Only you can read the file; keep a copy with your passwords.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
