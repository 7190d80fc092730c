"""`python -m pipeline.newsroom --state FILE`: serve until SIGTERM or Ctrl-C.

FILE is JSON: `pid`, `control` (port), `allow_hosts`, `feeds_csv` (the registry), and what a later start needs to give
the same URLs. Drive it with `process.NewsroomProcess`, or by hand (docs/newsroom.md).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from datetime import datetime
from pathlib import Path

from pipeline.newsroom.control import Control
from pipeline.newsroom.room import Newsroom
from pipeline.newsroom.synthetic import SyntheticNewsroom


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.newsroom", description="Serve the sample newsroom.")
    parser.add_argument("--state", type=Path, required=True, metavar="FILE")
    parser.add_argument("--now", type=datetime.fromisoformat, metavar="INSTANT", help="opening instant, with zone")
    parser.add_argument("--crawl-delay", type=float, metavar="SECONDS")
    parser.add_argument("--feed-size", type=int, default=60, metavar="ITEMS")
    parser.add_argument("--synthetic", type=int, metavar="FEEDS", help="light feeds for measurements instead")
    chosen = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    newsroom: Newsroom | SyntheticNewsroom
    if chosen.synthetic:
        newsroom = SyntheticNewsroom(chosen.synthetic, now=chosen.now)
    else:
        newsroom = Newsroom(chosen.now, state=chosen.state, crawl_delay=chosen.crawl_delay, feed_size=chosen.feed_size)
    with newsroom:
        control = Control(newsroom)
        control.start()
        kept = json.loads(chosen.state.read_text("utf-8")) if chosen.state.exists() else {}
        kept |= {
            "pid": os.getpid(),
            "control": control.port,
            "allow_hosts": newsroom.allow_hosts,
            "feeds_csv": newsroom.feeds_csv(),
        }
        # Replaced in one step: whoever waits for the file never reads half of it.
        partial = chosen.state.with_suffix(".partial")
        partial.write_text(json.dumps(kept), "utf-8")
        partial.replace(chosen.state)
        ended.wait()
        control.stop()


if __name__ == "__main__":
    main()
