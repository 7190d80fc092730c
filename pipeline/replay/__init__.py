"""Doing the later stages again over what is stored, without the network.

Belongs here: from the archived pages into a new index (`archive`), from the stored texts in place (`stored`), and what
that changes (`changes`). Does not belong here: fetching, alerts.
"""
