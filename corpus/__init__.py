"""Documents and people: ingest, store, statistics, labelling, export, and the ``minber`` command."""
