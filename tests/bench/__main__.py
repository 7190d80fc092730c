"""Every figure, or those of the areas named: `python -m tests.bench [AREA...] [--url URL]`.

Each area is a module beside this one with a `main()` that prints `name: value unit (target)` lines. `--url` (or
VEILLE_TEST_ELASTICSEARCH_URL) names the Elasticsearch to measure on; without it the embedded engine serves, and figures
that only a real node can give are left out, with a line that says so.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import time

import tests.bench


def main() -> int:
    areas = sorted(m.name for m in pkgutil.iter_modules(tests.bench.__path__) if not m.name.startswith("_"))
    areas = [name for name in areas if hasattr(importlib.import_module(f"tests.bench.{name}"), "main")]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Print the project's figures.")
    parser.add_argument("areas", nargs="*", metavar="AREA", choices=[*areas, []], help=", ".join(areas))
    parser.add_argument("--url", help="an Elasticsearch to measure on")
    chosen = parser.parse_args()
    if chosen.url:
        os.environ["VEILLE_TEST_ELASTICSEARCH_URL"] = chosen.url
    failed = []
    for name in chosen.areas or areas:
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        try:
            importlib.import_module(f"tests.bench.{name}").main()
        except Exception as error:  # noqa: BLE001 (the other areas' figures are wanted all the same)
            failed.append(name)
            print(f"{name}: {type(error).__name__}: {error}", flush=True)
        print(f"-- {name}: {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        print(f"\nwithout figures: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
