"""What the fork server loads, so that no worker has to: the tagger, and what its first story costs.

Belongs here: work at import, which is this module's whole purpose. Does not belong here: anything that the ingest
process imports.
"""

import gc

from pipeline.tag import Tagger

__all__: list[str] = []

Tagger.load().tag("La France livre des obus", "La France a livré 1 000 obus de 155 mm à l'Ukraine, a dit le ministre.")
# What the workers inherit is never garbage: a collection that went through it would copy its memory into each of them.
gc.freeze()
# A task makes many small objects and few cycles: looking for these after every 700 costs it some hundredths.
gc.set_threshold(50_000, 20, 20)
