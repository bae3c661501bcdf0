"""Text → annotations: spaCy languages and components. No files of the user's, no network, no store."""

from annotators.pipeline import pipeline

__all__ = ["pipeline"]
