"""The class of each event in PLOVER, so that analysts can join it with other event data.

Belongs here: the mapping from our statuses. Does not belong here: anything else of PLOVER.

PLOVER, Political Language Ontology for Verifiable Event Records, Open Event Data Alliance: summary and manual in
https://github.com/openeventdata/PLOVER; used for the POLECAT data (Halterman, Schrodt, Beger, Bagozzi, Scarborough
2023, https://doi.org/10.7910/DVN/AJGVIT). AID includes "military and police assistance including arms"; AGREE
covers promises of future cooperation; a refusal to begin is REJECT, the reduction of what exists is SANCTION
(plover_reference.html).
`military` is a context in PLOVER; it is carried in the mode here, where the event type has no mode of its own.
"""

from __future__ import annotations

from pipeline.records import Plover

_BY_STATUS = {
    "delivered": Plover(event_type="AID", mode="military"),
    "pledged": Plover(event_type="AGREE", mode="military"),
    "negotiated": Plover(event_type="CONSULT", mode="military"),
    "requested": Plover(event_type="REQUEST", mode="military"),
    "denied": Plover(event_type="REJECT", mode="military"),
    "halted": Plover(event_type="SANCTION", mode="discontinue"),
    "intercepted": Plover(event_type="COERCE", mode="seize"),
}


def of(status: str, *, refused: bool = False) -> Plover:
    """Event type and mode for one of our statuses; `refused`: the supply never began."""
    if status == "halted" and refused:
        return Plover(event_type="REJECT", mode="military")
    return _BY_STATUS[status]
