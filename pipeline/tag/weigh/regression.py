"""Logistic regression over named features, evaluated.

Belongs here: stored weights and their sum. Does not belong here: fitting them (`learn`), the features (`wording`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Regression:
    """One row of weights for each class; a single row where there are two classes."""

    classes: tuple[str, ...]
    columns: dict[str, int]
    weights: NDArray[np.float32]
    """Classes by features."""
    intercepts: NDArray[np.float32]

    @classmethod
    def read(cls, stored: Mapping[str, Any], prefix: str) -> Regression:
        """From the arrays of the model's file, whose names begin with `prefix`."""
        return cls(
            tuple(map(str, stored[f"{prefix}.classes"])),
            {str(name): column for column, name in enumerate(stored[f"{prefix}.names"])},
            stored[f"{prefix}.weights"].astype(np.float32),
            stored[f"{prefix}.intercepts"],
        )

    def scores(self, features: Mapping[str, float]) -> NDArray[np.float32]:
        """Log-odds, one for each row of weights."""
        known = [(self.columns[name], value) for name, value in features.items() if name in self.columns]
        columns = [column for column, _ in known]
        values = np.array([value for _, value in known], dtype=np.float32)
        return np.asarray(self.intercepts + self.weights[:, columns] @ values)
