"""Kibana as code: readable sources in `source/`, compiled by `build` to `veille.ndjson`, which is committed."""
