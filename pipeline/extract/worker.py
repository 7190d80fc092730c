"""What the fork server imports, so that no worker has to: the extraction and trafilatura.

Belongs here: imports for their weight, at import, which is this module's whole purpose. Does not belong here: anything
that the ingest process imports.
"""

from pipeline.extract import story
from pipeline.extract.library import trafilatura

__all__ = ["story"]

trafilatura()
