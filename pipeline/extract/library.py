"""trafilatura, imported when the first page needs it.

Belongs here: that import, which takes 0.4 s that a process handing pages to the pool need not spend. Does not belong
here: what is asked of it (`document` parses with it, `body` extracts).
"""

from __future__ import annotations

import warnings
from functools import cache
from types import ModuleType


@cache
def trafilatura() -> ModuleType:
    with warnings.catch_warnings():
        # Its downloader looks for SOCKS proxies, and urllib3 warns that there is no library for them.
        warnings.simplefilter("ignore")
        import trafilatura as module
        import trafilatura.utils
    return module
