"""The tokens of a corpus: made once for each revision of a document, kept in the table ``tokens``, extended later."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from corpus.stats.frames import check_choice

if TYPE_CHECKING:
    from spacy.language import Language

    from corpus.store import Corpus

Tokenizer = Literal["minber", "whitespace"]

TOKENS = pl.Schema(
    {
        "doc_id": pl.String(),
        "revision": pl.String(),
        "tokenizer": pl.String(),  # minber | whitespace
        "run": pl.String(),  # fingerprint of the rules that cut this text
        "index": pl.Int32(),  # place in the document, from 0, white space not counted
        "start": pl.Int32(),  # code points of the text
        "end": pl.Int32(),
        "token": pl.String(),  # as it stands in the text
        "norm": pl.String(),  # small letters, homoglyphs repaired
        "lemma": pl.String(),  # likeliest dictionary form
        "kind": pl.String(),  # word | number | punct | symbol
        "sentence": pl.Int32(),  # number of the sentence in the document, from 0; null where not cut
    }
)
"""One row a token of the newest revision of a document."""

KINDS = pl.Enum(["word", "number", "punct", "symbol"])
"""What `kind_of` tells apart."""

TABLE = "tokens"
SHARD = 200
"""Documents of one commit: what a killed run loses at most."""

_NOT_SPACE = re.compile(r"\S+")


def kind_of(text: pl.Expr) -> pl.Expr:
    """Tell words from numbers, punctuation and symbols by their characters.

    Parameters:
        text: expression of strings.

    Returns:
        ``word`` (holds a letter), ``number`` (digits, with points, commas and signs between), ``punct`` (punctuation
        only), ``symbol`` (anything else: currency, arrows, emoji).

    Example:
        >>> words = pl.DataFrame({"a": ["сөз", "3,5", "«", "₸", "2024-жылғы"]})
        >>> words.select(kind_of(pl.col("a"))).to_series().to_list()
        ['word', 'number', 'punct', 'symbol', 'word']
    """
    return (
        pl.when(text.str.contains(r"\p{L}"))
        .then(pl.lit("word"))
        .when(text.str.contains(r"\p{N}"))
        .then(pl.lit("number"))
        .when(text.str.contains(r"^\p{P}+$"))
        .then(pl.lit("punct"))
        .otherwise(pl.lit("symbol"))
    )


def run_id(tokenizer: Tokenizer, lang: str) -> str:
    """Name the rules that cut a language's texts, so that tokens made by other rules are made again.

    Parameters:
        tokenizer: ``minber`` or ``whitespace``.
        lang: language code.

    Returns:
        ``minber-kk-`` and 12 hexadecimal digits of spaCy's version and our language files; ``whitespace-1``.

    Example:
        >>> run_id("whitespace", "kk")
        'whitespace-1'
    """
    if tokenizer == "whitespace":
        return "whitespace-1"
    return f"minber-{lang}-{_rules(lang)}"


@cache
def _rules(lang: str) -> str:
    digest = hashlib.sha256(version("spacy").encode())
    room = files("annotators")
    shared = [place for place in (room / "languages").iterdir() if place.name.endswith(".py")]
    places = [room / "sentences.py", room / "languages" / lang, *sorted(shared, key=lambda place: place.name)]
    while places:
        place = places.pop()
        if place.is_dir():
            places += sorted(
                (child for child in place.iterdir() if not child.name.startswith((".", "__pycache__"))),
                key=lambda child: child.name,
            )
        elif place.is_file():
            digest.update(place.name.encode())
            digest.update(place.read_bytes())
    analyser = Path(os.environ.get(f"MINBER_{lang.upper()}_ANALYSER", ""))
    if analyser.is_file():  # lemmas come from there
        digest.update(analyser.read_bytes())
    return digest.hexdigest()[:12]


def tokenize(texts: Iterable[tuple[str, str, str]], lang: str, tokenizer: Tokenizer = "minber") -> pl.DataFrame:
    """Cut texts of one language into tokens.

    Parameters:
        texts: document id, revision and text of each.
        lang: their language; one that Minber does not know is cut by spaCy's general rules, its lemmas are its norms.
        tokenizer: ``minber``: the language's spaCy tokenizer and our sentences; ``whitespace``: at white space only,
            without sentences.

    Returns:
        a frame of `TOKENS`, in the order of the texts.

    Raises:
        MinberError: MB505 unknown tokenizer.

    Example:
        >>> tokenize([("a", "r1", "Сөз бар.")], "kk", "whitespace").select("token", "norm", "start", "end").rows()
        [('Сөз', 'сөз', 0, 3), ('бар.', 'бар.', 4, 8)]
    """
    check_choice("tokenizer", tokenizer, ("minber", "whitespace"))
    columns: dict[str, list[Any]] = {name: [] for name in ("index", "start", "end", "token", "norm", "sentence")}
    ids: list[str] = []
    revisions: list[str] = []
    lengths: list[int] = []
    cut = _by_language(lang) if tokenizer == "minber" else _at_white_space
    for doc_id, revision, text in texts:
        before = len(columns["token"])
        for index, (start, word, norm, sentence) in enumerate(cut(text)):
            columns["index"].append(index)
            columns["start"].append(start)
            columns["end"].append(start + len(word))
            columns["token"].append(word)
            columns["norm"].append(norm)
            columns["sentence"].append(sentence)
        ids.append(doc_id)
        revisions.append(revision)
        lengths.append(len(columns["token"]) - before)
    frame = pl.DataFrame(columns, schema={name: TOKENS[name] for name in columns})
    rows = pl.Series(lengths, dtype=pl.UInt32)
    heads = pl.DataFrame({"doc_id": ids, "revision": revisions}, schema={"doc_id": pl.String, "revision": pl.String})
    repeated = heads.select(pl.all().repeat_by(rows).explode(empty_as_null=False))
    types = frame.select(pl.col("norm").unique())
    lemmatize = _lemmatizer(lang)
    types = types.with_columns(
        lemma=pl.Series([lemmatize(norm) for norm in types["norm"]], dtype=pl.String), kind=kind_of(pl.col("norm"))
    )
    types = types.with_columns(lemma=pl.when(pl.col("kind") == "word").then("lemma").otherwise("norm"))
    return (
        pl.concat([repeated, frame], how="horizontal")
        .join(types, on="norm", how="left", maintain_order="left")
        .with_columns(tokenizer=pl.lit(tokenizer), run=pl.lit(run_id(tokenizer, lang)))
        .select(TOKENS.names())
        .cast(TOKENS)
    )


def extend(
    corpus: Corpus,
    tokenizer: Tokenizer = "minber",
    documents: pl.DataFrame | None = None,
    watch: Callable[[Iterable[int], int], Iterator[int]] | None = None,
) -> int:
    """Tokenise what the table of tokens lacks: new documents, new revisions, those cut by older rules.

    Parameters:
        corpus: an open corpus.
        tokenizer: ``minber`` or ``whitespace``; each keeps rows of its own.
        documents: ``doc_id`` of the documents needed; None for all.
        watch: given the numbers of the shards and their number, passes the numbers on, as a progress bar does.

    Returns:
        how many documents were tokenised. Each shard of `SHARD` documents is one commit; a killed run goes on where
        it stopped.

    Raises:
        MinberError: MB505 unknown tokenizer; MB2xx the store cannot be read or written.
    """
    from corpus.store.corpus import sql_in

    check_choice("tokenizer", tokenizer, ("minber", "whitespace"))
    heads = corpus.documents.select(doc_id="id", revision="revision", lang="lang").collect()
    if documents is not None:
        heads = heads.join(documents, on="doc_id", how="semi")
    have = (
        corpus.table(TABLE, TOKENS)
        .filter((pl.col("index") == 0) & (pl.col("tokenizer") == tokenizer))
        .select("doc_id", "revision", "run")
        .collect()
    )
    runs = {lang: run_id(tokenizer, lang) for lang in heads["lang"].unique()}
    heads = heads.with_columns(run=pl.col("lang").replace_strict(runs, return_dtype=pl.String) if runs else pl.lit(""))
    missing = heads.join(have, on=["doc_id", "revision", "run"], how="anti").sort("lang", "doc_id")
    shards = [
        (lang, part[first : first + SHARD])
        for (lang,), part in missing.group_by("lang", maintain_order=True)
        for first in range(0, part.height, SHARD)
    ]
    numbers: Iterable[int] = range(len(shards))
    for number in watch(numbers, len(shards)) if watch and shards else numbers:
        lang, part = shards[number]
        wanted = part["doc_id"].to_list()
        texts = corpus.documents.filter(pl.col("id").is_in(wanted)).select("id", "revision", "text").sort("id")
        frame = tokenize(texts.collect().iter_rows(), str(lang), tokenizer)
        old = f"\"tokenizer\" = '{tokenizer}' AND {sql_in('doc_id', wanted)}"
        corpus.replace(TABLE, frame, old, schema=TOKENS)
    if shards:
        corpus.compact(TABLE)
    return missing.height


def _by_language(lang: str) -> Callable[[str], Iterator[tuple[int, str, str, int | None]]]:
    nlp = _pipeline(lang)

    def cut(text: str) -> Iterator[tuple[int, str, str, int | None]]:
        doc = nlp.make_doc(text)
        for _, component in nlp.pipeline:
            doc = component(doc)
        cut_up = doc.has_annotation("SENT_START")
        sentence = -1
        for token in doc:
            if token.is_sent_start or sentence < 0:
                sentence += 1
            if not token.is_space:
                yield token.idx, token.text, token.norm_.lower() or token.lower_, sentence if cut_up else None

    return cut


def _at_white_space(text: str) -> Iterator[tuple[int, str, str, int | None]]:
    for word in _NOT_SPACE.finditer(text):
        yield word.start(), word.group(), word.group().lower(), None


@cache
def _pipeline(lang: str) -> Language:
    import spacy

    from annotators.languages import LANGUAGES, blank

    if lang not in LANGUAGES:
        nlp = spacy.blank("xx")
        nlp.add_pipe("sentencizer")
    else:
        nlp = blank(lang)
        nlp.add_pipe("minber_sentences")
    nlp.max_length = 1 << 40  # the limit guards parsers, which we have none of
    return nlp


def _lemmatizer(lang: str) -> Callable[[str], str]:
    from annotators.languages import LANGUAGES

    if lang not in LANGUAGES:
        return lambda form: form
    morphology = import_module(f"annotators.languages.{lang}.morphology")
    lemma: Callable[[str], str] = getattr(morphology, "lemma", str)  # a language may not have come to lemmas yet
    return lemma
