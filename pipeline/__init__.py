"""Veille: a watch on who arms whom in the French-language press.

The flow, in the order of the modules that own each stage alone:

    registry -> watch -> ledger -> fetch -> archive -> extract -> tag -> relate -> index

`records` holds what travels between the stages, `flow` composes them for the command line (`cli`) and for the
Airflow DAGs alike. Nothing here imports Airflow, the module `trigger` aside.
"""

__version__ = "0.1.0"
