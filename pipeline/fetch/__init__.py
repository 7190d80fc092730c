"""Every outgoing request to the press: who may be asked, how often, and what of the answer is taken.

Belongs here: the address guard, robots.txt, politeness, caps of size and time, and the names of what goes wrong. Does
not belong here: when to ask (`watch`, `ledger`), what the body says (`watch.parse`, `extract`).
"""

from pipeline.fetch.client import Fetcher

__all__ = ["Fetcher"]
