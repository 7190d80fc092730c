"""What all stored records have in common.

Belongs here: the base of the records and the kinds of their fields. Does not belong here: any record.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return value


Instant = Annotated[datetime, AfterValidator(_aware)]
"""A datetime with a zone."""


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
