"""GraphML: who speaks of what, as a network of speakers and themes for Gephi, igraph, visone. Only written:
of texts nothing is left but counts.

An edge leads from a speaker to a theme; its weight is the number of sentences with that theme in which the speaker is
quoted, or which the speaker says in a transcript of their own. Speakers of the registry are one node under all of their
names, others under each name.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from corpus.exchange.markup import possible
from corpus.exchange.reading import Described, described_documents
from corpus.exchange.registry import Format, Report

if TYPE_CHECKING:
    from corpus.store import Corpus

Speaker = tuple[str, str]
"""Id of the node, and a name."""


def export_graphml(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write the network of the chosen documents.

    Parameters:
        corpus: the corpus; its settings say in which language themes are named.
        where: condition on the columns of ``documents``; None for all.
        out: where the graph goes.

    Returns:
        how many documents were read and edges written; documents that are not annotated are ``skipped``.
    """
    import networkx

    report, graph = Report(), networkx.DiGraph(name=possible(corpus.settings.corpus.name))
    names = {theme.id: theme.name(corpus.settings.doccano.language) for theme in corpus.codebook.themes}
    for described in described_documents(corpus, where):
        if not described.is_annotated:
            report.skipped += 1
            continue
        report.documents += 1
        seen = set()
        for who, theme in spoken(described):
            (speaker, name), node = map(possible, who), f"theme:{theme}"
            graph.add_node(speaker, kind="speaker", label=graph.nodes.get(speaker, {}).get("label", name))
            graph.add_node(node, kind="theme", label=names.get(theme, theme))
            edge = graph.get_edge_data(speaker, node, {"weight": 0, "documents": 0})
            fresh = (speaker, theme) not in seen
            graph.add_edge(speaker, node, weight=edge["weight"] + 1, documents=edge["documents"] + fresh)
            seen.add((speaker, theme))
    report.rows = graph.number_of_edges()
    buffer = io.BytesIO()
    networkx.write_graphml(graph, buffer, encoding="utf-8")
    out.write(buffer.getvalue())
    return report


def spoken(described: Described) -> Iterator[tuple[Speaker, str]]:
    """Who speaks of which theme, once for each sentence.

    Parameters:
        described: an annotated document.

    Yields:
        the speaker and the id of the theme.
    """
    document = described.document
    machine = described.machine
    themes = sorted({(row["start"], row["end"], row["label"]) for row in machine if row["layer"] == "theme"})
    if document.kind == "transcript":
        if document.speaker:
            speaker = f"speaker:{document.speaker}", document.speaker
            yield from ((speaker, theme) for _, _, theme in themes)
        return
    quotes = [row for row in machine if row["layer"] == "quote" and row["attributes"].get("speaker")]
    for start, end, theme in themes:
        inside = [row["attributes"] for row in quotes if row["start"] < end and start < row["end"]]
        speakers = {_node(one): str(one["speaker"]) for one in reversed(inside)}  # under the first of their names
        yield from (((node, name), theme) for node, name in sorted(speakers.items()))


def _node(attributes: dict[str, object]) -> str:
    return f"speaker:{attributes.get('speaker_id') or attributes['speaker']}"


FORMAT = Format(
    "graphml",
    "who speaks of which themes, as a network for Gephi, igraph, visone",
    export_graphml,
    refusal="MB609",
)
"""The format, for the registry."""
