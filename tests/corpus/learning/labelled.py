"""A corpus in which people labelled sentences by hand, with a theme that the codebook's words do not find."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from pathlib import Path

import polars as pl

from corpus.annotate import annotate
from corpus.store import Corpus, init_corpus
from schemas.document import Document, Source
from schemas.tables import LABELS, UNITS

NOW = dt.datetime(2025, 3, 14, 12, tzinfo=dt.UTC)
DOCUMENTS, SENTENCES = 10, 12

# words that no lexicon of the codebook lists: what they mean here is known to the people who label only
_SPORT = [
    "Палуандар алаңға шықты",
    "Шабандоз мәреге бірінші жетті",
    "Палуан жүлдені жеңіп алды",
    "Шабандоздар додаға түсті",
]
_OTHER = ["Бүгін ауа райы жылы болды", "Ол таңертең ерте тұрды", "Көшеде көп адам жүрді", "Кешке қонақтар келді"]
_TAILS = ["қуанып", "асығып", "күліп", "шаршап", "ойланып", "тыныштықта"]
THEME, RARE = "culture_identity", "foreign_policy"


def labelled(folder: Path, documents: int = DOCUMENTS, seed: int = 1, codebook: str = "reforms") -> Corpus:
    """Make the corpus: in each document every second sentence is of `THEME`, one in the first of `RARE`.

    The last two sentences of each have no check mark, and a wrong label in one of them: nothing is to be learned there.
    """
    made = init_corpus(folder, name="Labelled", codebook=codebook)
    draw = random.Random(seed)
    items, units, labels = [], [], []
    for number in range(documents):
        sentences = [
            f"{draw.choice(_SPORT if at % 2 else _OTHER)} {draw.choice(_TAILS)} {number * 100 + at}."
            for at in range(SENTENCES)
        ]
        text = "\n\n".join(sentences)
        data = text.encode()
        source = Source(uri=f"test:{number}", retrieved=NOW, sha256=hashlib.sha256(data).hexdigest(), reader="text@1")
        document = Document(
            id=f"d{number:02}", lang="kk", title=f"T{number}", date=NOW.date(), source=source, text=text
        )
        items.append((document, data))
        start = 0
        for at, sentence in enumerate(sentences):
            place = {"doc_id": document.id, "revision": document.revision, "start": start, "end": start + len(sentence)}
            unit = f"{document.id}-{at}"
            confirmed = at < SENTENCES - 2
            units.append(place | {"unit_id": unit, "project": "p", "layout": "themes", "confirmed": confirmed})
            label = place | {"layer": "theme", "unit_id": unit, "project": "p", "annotator": "aigul", "origin": "human"}
            label |= dict.fromkeys(("first_seen", "last_seen", "last_changed"), NOW)
            if confirmed and at % 2:
                labels.append(label | {"label": THEME, "decision": "added"})
            if not confirmed and not at % 2:
                labels.append(label | {"label": THEME, "decision": "added"})
            if confirmed and not at % 2:
                labels.append(label | {"label": THEME, "decision": "rejected"})
            if not at and not number:
                labels.append(label | {"label": RARE, "decision": "confirmed"})
            start += len(sentence) + 2
    made.add_documents(items)
    annotate(made, ["theme"])
    annotate(made, ["sentence"])
    made.append("units", pl.DataFrame(units, schema=UNITS))
    made.append("labels", pl.DataFrame(labels, schema=LABELS))
    return made
