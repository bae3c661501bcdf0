"""The ``minber`` command: thin functions over the rooms, one file per command group."""

from corpus.cli.app import main

__all__ = ["main"]
