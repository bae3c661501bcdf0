"""Import every command group; importing one registers its commands with the app."""

from corpus.cli import doccano, export, ingest, init, schema

__all__ = ["doccano", "export", "ingest", "init", "schema"]
