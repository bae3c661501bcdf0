"""Readers, one module a format: each holds a ``READER`` that ``corpus.ingest.registry`` lists."""
