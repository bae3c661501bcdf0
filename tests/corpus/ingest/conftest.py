from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.ingest import Options, Outcome, ingest
from corpus.store import Corpus, init_corpus
from tests.fixtures_web import Site


@pytest.fixture
def speeches(tmp_path: Path) -> Corpus:
    """An empty corpus."""
    return init_corpus(tmp_path / "corpus", name="Speeches")


@pytest.fixture
def take(speeches: Corpus) -> Callable[..., list[Outcome]]:
    """Ingest into the empty corpus and return all outcomes."""

    def run(*sources: Path | str, **options: object) -> list[Outcome]:
        return list(ingest(speeches, [str(source) for source in sources], Options(**options)))  # type: ignore[arg-type]

    return run


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on this machine."""
    made = Site()
    yield made
    made.close()
