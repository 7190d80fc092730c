"""Page -> Story or Skipped(reason): the text by trafilatura, metadata, clocks, language, canonical URL.

Belongs here: everything that is read out of a fetched page. Does not belong here: fetching and archiving it, what its
text says about arms (`tag`), how often its text was copied (`relate`).

    document    bytes -> decoded, parsed once: tree, meta fields, JSON-LD
    clocks      when it was published, and who says so        dates: reading one written date
    metadata    title, authors, section, image, canonical     names: persons and agencies in by-lines
    body        the article's text, by trafilatura            furniture, phrases.toml: lines that are not the article
    refusals    pages that give no story, paywalls            language, overrides.toml
    story       all of that, in order                         pool: the same in a process that can be killed
"""

from pipeline.extract.story import extract, extraction_version, from_feed

__all__ = ["extract", "extraction_version", "from_feed"]
