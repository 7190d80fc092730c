"""The class of each event in PLOVER, so that analysts can join it with other event data.

Belongs here: the mapping from our statuses. Does not belong here: anything else of PLOVER.

PLOVER (Open Event Data Alliance, "PLOVER: Political Language Ontology for Verifiable Event Records", codebook 2020,
https://github.com/openeventdata/PLOVER; used by POLECAT, Halterman et al. 2023, https://osf.io/preprints/socarxiv/rm5dw)
has AID with the mode `military`, and the verbal stances AGREE, CONSULT, REQUEST and REJECT with modes of their own.
"""

from __future__ import annotations

from pipeline.records import Plover

_BY_STATUS = {
    "delivered": Plover(event_type="AID", mode="military"),
    "pledged": Plover(event_type="AGREE", mode="military"),
    "negotiated": Plover(event_type="CONSULT", mode=None),
    "requested": Plover(event_type="REQUEST", mode="military"),
    "denied": Plover(event_type="REJECT", mode=None),
    "halted": Plover(event_type="SANCTION", mode="discontinue"),
    "intercepted": Plover(event_type="COERCE", mode="seize"),
}


def of(status: str) -> Plover:
    """Event type and mode for one of our statuses."""
    return _BY_STATUS[status]
