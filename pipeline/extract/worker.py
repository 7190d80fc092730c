"""What the fork server imports, so that no worker has to: the extraction with trafilatura and its models.

Belongs here: imports for their weight only. Does not belong here: anything that runs.
"""

import trafilatura

from pipeline.extract import story

__all__ = ["story", "trafilatura"]
