"""Alerts: one for each new event or change of status, not one for each article.

`rules` says what is worth telling, as data; `known` is what was known before; `derive` compares, without I/O; `publish`
writes the alerts to the index, posts them to the webhook and keeps the Atom feed. `raise_alerts` does all of it for the
stories of a batch.

Belongs here: when to alert, in which words, and through which channel. Does not belong here: the queries behind
`Known` (`index.alerts`), what a supply event is (`tag`).
"""

from __future__ import annotations

from pipeline.alerts.derive import derive
from pipeline.alerts.known import Known, Seen
from pipeline.alerts.publish import Published, publish, raise_alerts, write_feed
from pipeline.alerts.rules import Rule, load_rules

__all__ = ["Known", "Published", "Rule", "Seen", "derive", "load_rules", "publish", "raise_alerts", "write_feed"]
