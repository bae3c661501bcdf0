"""Where corpora lie: making, finding and opening their folders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from corpus.store.corpus import Corpus, storable
from schemas.codebook import builtin_codebooks, load_codebook
from schemas.errors import MinberError
from schemas.settings import FILE_NAME, parse_settings


def find_corpus(start: Path | str | None = None) -> Path:
    """Find the corpus that a folder lies in: the nearest folder upwards that holds ``minber.toml``.

    Parameters:
        start: where to begin; the current folder if None.

    Returns:
        the folder of the corpus.

    Raises:
        MinberError: MB001 there is none up to the root.
    """
    begin = Path(start) if start is not None else Path.cwd()
    for folder in (begin.absolute(), *begin.absolute().parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise MinberError("MB001", path=begin)


def open_corpus(path: Path | str | None = None) -> Corpus:
    """Open a corpus.

    Parameters:
        path: its folder; if None, the corpus that the current folder lies in.

    Returns:
        the corpus.

    Raises:
        MinberError: MB001 no corpus there; MB003, MB011 ``minber.toml`` is broken.
    """
    return Corpus(find_corpus() if path is None else path)


def init_corpus(
    path: Path | str,
    *,
    name: str | None = None,
    codebook: str | Path = "reforms",
    languages: Sequence[str] = ("kk", "ru", "en"),
    country: str | None = None,
) -> Corpus:
    """Make a new corpus.

    Parameters:
        path: a folder, made if need be.
        name: what the corpus is called; the folder's name if None.
        codebook: built-in name, or a YAML file, which is checked and copied into the corpus as ``codebook.yaml``.
        languages: ISO 639 codes of the languages that texts may be in.
        country: ISO 3166 code: whose president «the president» is where a text does not tell.

    Returns:
        the corpus, opened.

    Raises:
        MinberError: MB200 there is one already; MB002, MB003, MB011 the codebook is unknown or broken; MB012 a value
            that ``minber.toml`` does not take; MB202 the folder cannot be written, MB207 nor its path be stored in.
    """
    folder = storable(Path(path).absolute())
    if (folder / FILE_NAME).exists():
        raise MinberError("MB200", str(folder))
    load_codebook(codebook)
    own = None if str(codebook) in builtin_codebooks() else Path(codebook)
    lines = ["[corpus]", f"name = {_toml(name or folder.name or 'corpus')}"]
    lines.append(f"codebook = {_toml('codebook.yaml' if own else str(codebook))}")
    lines.append(f"languages = [{', '.join(map(_toml, languages))}]")
    if country:
        lines.append(f"country = {_toml(country)}")
    parse_settings("\n".join(lines), str(folder / FILE_NAME))
    temporary = folder / f"{FILE_NAME}.tmp"
    try:
        (folder / "raw").mkdir(parents=True, exist_ok=True)
        if own is not None:
            (folder / "codebook.yaml").write_bytes(own.read_bytes())
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        temporary.replace(folder / FILE_NAME)  # last: the folder is a corpus from here on
    except OSError as error:
        raise MinberError("MB202", str(folder), problem=error.strerror or str(error)) from error
    return Corpus(folder)


def _toml(value: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
