"""The rules of alerts, read from YAML; `rules.yaml` beside this module has the defaults and explains the keys.

Belongs here: the shape of a rule. Does not belong here: how it is decided (`derive`).
"""

from __future__ import annotations

from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from pipeline.errors import InputInvalid
from pipeline.records import Record, Status


class Rule(Record):
    """One rule; `rules.yaml` explains the keys."""

    id: str
    when: Literal["new-dyad", "status-change", "status", "larger-amount"]
    statuses: tuple[Status, ...] = ()
    """Statuses that it speaks of; empty: all."""
    transitions: dict[Status, tuple[Status, ...]] = Field(default_factory=dict)
    memory_days: float = Field(default=30, gt=0)
    cooldown_days: float = Field(default=7, gt=0)
    max_age_days: float = Field(default=14, gt=0)
    at_least_times: float = Field(default=1.0, ge=1)
    anonymous: bool = False

    @property
    def memory(self) -> timedelta:
        return timedelta(days=self.memory_days)

    @property
    def cooldown(self) -> timedelta:
        return timedelta(days=self.cooldown_days)

    @property
    def max_age(self) -> timedelta:
        return timedelta(days=self.max_age_days)


def load_rules(path: Path | None = None) -> tuple[Rule, ...]:
    """The rules of this file, or the shipped ones.

    Raises:
        InputInvalid: not YAML, an unknown key, a value that a key cannot have, an id that stands twice.
    """
    source = path or resources.files("pipeline.alerts") / "rules.yaml"
    try:
        read: Any = yaml.safe_load(source.read_text(encoding="utf-8"))
        rules = tuple(Rule.model_validate(rule) for rule in read["rules"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise InputInvalid(f"not a file of alert rules: {error!r}", url=str(source)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputInvalid(f"alert rule: {place}: {first['msg']}", url=str(source)) from None
    if len({rule.id for rule in rules}) < len(rules):
        raise InputInvalid("two alert rules have the same id", url=str(source))
    return rules
