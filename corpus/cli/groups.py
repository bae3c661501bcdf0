"""Import every command group; importing one registers its commands with the app."""

from corpus.cli import doccano, init, schema

__all__ = ["doccano", "init", "schema"]
