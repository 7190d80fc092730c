"""Where the log lines of a command go: warnings to standard error; for a run, all to `VEILLE_HOME/veille.log` as JSON.

Belongs here: setting structlog up for the command line. Does not belong here: what is logged; under Airflow, which sets
structlog up itself, nothing here runs.
"""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler

import structlog

from pipeline.settings import Settings

LARGEST_BYTES = 20_000_000
KEPT_FILES = 5


def to_stderr() -> None:
    """Warnings to standard error: standard output belongs to results, which may be JSON for a program."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def to_file(settings: Settings) -> None:
    """Send every log line, ours and the libraries', to the file; the terminal is for results."""
    settings.home.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        settings.home / "veille.log", maxBytes=LARGEST_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # One line per request would drown one line per entry.
    for chatty in ("httpx", "httpcore", "elastic_transport", "trafilatura", "htmldate"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
