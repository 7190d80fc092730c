"""The watch: due feeds in, new entries out.

Belongs here: reading feeds (`document`, `dates`, `parse`), deciding when to ask again and what state a feed is in
(`schedule`, `health`), asking (`poll`), finding feeds (`discover`) and exchanging lists of them (`opml`). Does not
belong here: requests themselves (`fetch`), what becomes of an entry (`ledger`).
"""
