"""Corpora in other people's formats: one file a format, found through a registry that packages can add to."""

from corpus.exchange.registry import Format, Report, export_corpus, exporters, import_corpus, importers, named

__all__ = ["Format", "Report", "export_corpus", "exporters", "import_corpus", "importers", "named"]
