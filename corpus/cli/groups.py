"""Import every command group; importing one registers its commands with the app."""

from corpus.cli import schema

__all__ = ["schema"]
