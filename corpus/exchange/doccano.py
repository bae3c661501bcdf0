"""Doccano's JSON Lines: written for people who import files by hand, as ``minber push`` uploads them; its own are read.

In the layout, unit and language of ``[doccano]`` in ``minber.toml``. Letters are written as ASCII escapes, because the
server guesses the encoding of a file and takes small UTF-8 files for something else; offsets are UTF-16 units. The rows
have no ``example_uuid``: one belongs to one project, and the same file may be imported into many.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from corpus.exchange.doccano_reading import import_doccano
from corpus.exchange.reading import described_documents
from corpus.exchange.registry import Format, Report
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus


def export_doccano(corpus: Corpus, where: pl.Expr | None, out: BinaryIO) -> Report:
    """Write a row for each unit of the chosen documents.

    Parameters:
        corpus: the corpus; its settings decide on layout, unit and language.
        where: condition on the columns of ``documents``; None for all.
        out: where the rows go.

    Returns:
        how many documents and units went out; documents without sentences are ``skipped``, units that cannot be
        sent are failures MB415.
    """
    from corpus.doccano.layouts import choose_layout, choose_unit, label_types, upload_row
    from corpus.doccano.units import cut

    settings = corpus.settings.doccano
    layout = choose_layout(settings.layout, None, settings.relations)
    unit = choose_unit(layout, settings.unit)
    names = {(one.layer, one.label): one.name for one in label_types(layout, corpus.codebook, settings.language)}
    order = [theme.id for theme in corpus.codebook.themes]
    report = Report()
    for described in described_documents(corpus, where):
        document = described.document
        if not described.is_annotated:
            report.skipped += 1
            continue
        units, _ = cut(
            document.model_dump(), described.machine, layout, unit, settings.language, order, layout.furniture
        )
        report.documents += 1
        for one in units:
            try:
                row = upload_row(layout, one.text, one.labels, names, one.meta, "")
            except MinberError as error:
                report.failures.append(error)
                continue
            row.pop("example_uuid", None)
            out.write(json.dumps(row, ensure_ascii=True).encode("ascii") + b"\n")
            report.rows += 1
    return report


FORMAT = Format("doccano", "rows to import into a Doccano project by hand", export_doccano, import_doccano)
"""The format, for the registry."""
