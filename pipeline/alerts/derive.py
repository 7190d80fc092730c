"""Which alerts a story gives rise to, by the rules and by what was known before.

Belongs here: the decision and its French sentence. Pure: no I/O, no clock of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline import french
from pipeline.alerts.known import Known, Seen, amounts, is_copy, told_at
from pipeline.alerts.rules import Rule
from pipeline.records import Alert, Money, Quantity, Story, SupplyEvent

_Old = dict[tuple[str, str], dict[tuple[str, str, str], float]]
"""(dyad, status) -> amounts, of the story's earlier revision."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a story says of one dyad in one status: its events of that kind together."""

    dyad: str
    status: str
    events: tuple[SupplyEvent, ...]

    @property
    def materiel(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m for event in self.events for m in event.materiel))

    @property
    def alleged(self) -> bool:
        return all(event.alleged for event in self.events)

    @property
    def anonymous(self) -> bool:
        return "?" in self.dyad


@dataclass(frozen=True, slots=True)
class _Finding:
    """A rule that fired: what came before, and which event speaks for it."""

    event: SupplyEvent
    previous: str | None = None
    larger: str | None = None
    """`500 000 obus, contre 300 000 jusqu'ici`."""


def derive(before: Story | None, after: Story, known: Known, rules: Sequence[Rule], now: datetime) -> list[Alert]:
    """The alerts of `after`, at most one for each dyad and status.

    `before` is the story's earlier revision, whose events are not news. `known` is read, not changed. An alert's id is
    made from rule, dyad, status and the stretch of `cooldown_days` the story falls into, so that the same story raises
    the same alert however often it is replayed.
    """
    if after.kind != "article" or not after.military_supply:
        return []
    earlier = before.supply_events if before else ()
    old: _Old = {(event.dyad, event.status): amounts(event) for event in earlier}
    alerts = []
    first_told: set[str] = set()
    for claim in _claims(after.supply_events):
        if claim.dyad in first_told:
            continue  # the pair itself is the news; its other statuses are in the article
        for rule in rules:
            if not _concerns(rule, claim, after, known, now):
                continue
            finding = _finding(rule, claim, after, known, old)
            if finding is not None:
                alerts.append(_alert(rule, claim, finding, after, known, now))
                if rule.when == "new-dyad":
                    first_told.add(claim.dyad)
                break
    return alerts


def _claims(events: Iterable[SupplyEvent]) -> list[_Claim]:
    """Grouped by dyad and status, what was delivered before what was promised."""
    grouped: dict[tuple[str, str], list[SupplyEvent]] = {}
    for event in events:
        grouped.setdefault((event.dyad, event.status), []).append(event)
    claims = [_Claim(dyad, status, tuple(same)) for (dyad, status), same in grouped.items()]
    weight = list(french.STATUS)
    return sorted(claims, key=lambda claim: weight.index(claim.status))


def _concerns(rule: Rule, claim: _Claim, story: Story, known: Known, now: datetime) -> bool:
    """Whether the rule speaks of such a claim at all, and has not just done so."""
    if claim.anonymous and not rule.anonymous:
        return False
    if rule.statuses and claim.status not in rule.statuses:
        return False
    if now - told_at(story) > rule.max_age:
        return False
    last = known.alerted.get((rule.id, claim.dyad, claim.status))
    return last is None or now - last >= rule.cooldown


def _finding(rule: Rule, claim: _Claim, story: Story, known: Known, old: _Old) -> _Finding | None:
    statuses = known.statuses.get(claim.dyad, {})
    said_before = (claim.dyad, claim.status) in old
    leading = claim.events[0]
    match rule.when:
        case "new-dyad":
            mentioned = any(dyad == claim.dyad for dyad, _ in old)
            return None if statuses or mentioned else _Finding(leading)
        case "status":
            if said_before or _fresh(statuses.get(claim.status), story, rule):
                return None
            return _Finding(leading, previous=_latest(statuses, but=claim.status))
        case "status-change":
            previous = _latest(statuses, but=claim.status)
            if said_before or previous not in rule.transitions.get(claim.status, ()):  # type: ignore[call-overload]
                return None
            return None if _fresh(statuses.get(claim.status), story, rule) else _Finding(leading, previous=previous)
        case "larger-amount":
            if not statuses and not said_before:
                return None  # a new dyad, with its first amount
            return _larger(rule, claim, known, old.get((claim.dyad, claim.status), {}))


def _fresh(seen: Seen | None, story: Story, rule: Rule) -> bool:
    """Whether this status was reported so lately that saying it again is no news."""
    return seen is not None and told_at(story) - seen.last_at < rule.memory


def _latest(statuses: dict[str, Seen], *, but: str) -> str | None:
    others = {status: seen.last_at for status, seen in statuses.items() if status != but}
    return max(others, key=lambda status: others[status]) if others else None


def _larger(rule: Rule, claim: _Claim, known: Known, old: dict[tuple[str, str, str], float]) -> _Finding | None:
    for event in claim.events:
        for key, amount in amounts(event).items():
            most = max(known.amounts.get(key, 0.0), old.get(key, 0.0))
            if amount < most * rule.at_least_times or amount == most:
                continue
            now_said = french.quantity(amount, key[2])
            if not most:
                return _Finding(event, larger=f"{now_said}, premier montant connu")
            return _Finding(event, larger=f"{now_said}, contre {french.quantity(most, key[2])} jusqu'ici")
    return None


def _alert(rule: Rule, claim: _Claim, finding: _Finding, story: Story, known: Known, now: datetime) -> Alert:
    stretch = int(told_at(story).timestamp() // rule.cooldown.total_seconds())
    key = f"{rule.id}|{claim.dyad}|{claim.status}|{stretch}"
    seen = known.statuses.get(claim.dyad, {}).get(claim.status)
    families = (seen.families if seen else set()) | (set() if is_copy(story) else {story.publisher.family})
    grouped = story.copies.independent_sources if story.copies else 1
    quantity: Quantity | None = finding.event.quantity or next((e.quantity for e in claim.events if e.quantity), None)
    value: Money | None = finding.event.value or next((e.value for e in claim.events if e.value), None)
    return Alert(
        id=hashlib.sha256(key.encode()).hexdigest()[:32],
        rule=rule.id,
        at=now,
        reason=_reason(claim, finding, rule),
        story_id=story.id,
        story_title=story.title,
        story_url=story.url,
        publisher=story.publisher.name,
        supplier=finding.event.supplier,
        recipient=finding.event.recipient,
        dyad=claim.dyad,
        materiel=claim.materiel,
        status=claim.status,
        previous_status=finding.previous,
        alleged=claim.alleged,
        evidence=finding.event.evidence[0].sentence if finding.event.evidence else "",
        quantity=quantity,
        value=value,
        independent_sources=max(len(families), grouped, 1),
    )


def _reason(claim: _Claim, finding: _Finding, rule: Rule) -> str:
    """One French sentence: `Corée du Nord → Russie : munitions, promis puis livré (ouï-dire).`"""
    materiel = ", ".join(french.MATERIEL.get(m, m) for m in claim.materiel) or "matériel non précisé"
    status = french.STATUS.get(claim.status, claim.status)
    head = f"{french.dyad(claim.dyad)} : {materiel}"
    hearsay = " (ouï-dire)" if claim.alleged else ""
    if rule.when == "new-dyad":
        return f"Nouvelle dyade, {head}, {status}{hearsay}."
    if finding.larger:
        return f"{head}, {status} : {finding.larger}{hearsay}."
    if finding.previous:
        return f"{head}, {french.STATUS.get(finding.previous, finding.previous)}, puis {status}{hearsay}."
    return f"{head}, {status}{hearsay}."
