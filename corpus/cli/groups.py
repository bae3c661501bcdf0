"""Import every command group; importing one registers its commands with the app."""

from corpus.cli import doccano, schema

__all__ = ["doccano", "schema"]
