"""Dictionaries: keys with the words and phrases that stand for them, from the formats that researchers have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from schemas.errors import MinberError

SEPARATOR = "."
"""Stands between the levels of a key, as in quanteda: ``unity.nation``."""


class Entry(NamedTuple):
    """A pattern and the path of keys that it stands under."""

    path: tuple[str, ...]
    pattern: str


@dataclass(frozen=True)
class Dictionary:
    """Patterns under keys, which may have keys under them.

    Attributes:
        entries: in the order of the file.

    Example:
        >>> Dictionary.of({"unity": {"people": ["people", "fellow citizen*"]}}).keys
        ('unity.people',)
    """

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> Dictionary:
        """Make a dictionary of nested mappings whose leaves are lists of patterns (or one pattern)."""
        return cls(tuple(_walk(tree, ())))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, each once, in order, levels joined."""
        return tuple(dict.fromkeys(SEPARATOR.join(entry.path) for entry in self.entries))

    def at_levels(self, levels: Sequence[int]) -> Dictionary:
        """Keep only some levels of the keys, counted from 1; entries that have none of them go.

        Parameters:
            levels: which levels.

        Returns:
            another dictionary.

        Example:
            >>> Dictionary.of({"unity": {"people": ["people"]}}).at_levels([1]).keys
            ('unity',)
        """
        kept = [
            Entry(tuple(part for level, part in enumerate(entry.path, 1) if level in set(levels)), entry.pattern)
            for entry in self.entries
        ]
        return Dictionary(tuple(entry for entry in kept if entry.path))


def read_dictionary(path: Path) -> Dictionary:
    """Read a dictionary file; the format is known by the ending.

    Parameters:
        path: ``.yml``, ``.yaml``, ``.json`` (quanteda's nested lists), ``.dic`` (LIWC), ``.cat`` (WordStat), ``.lc3``
            and ``.lcd`` (Lexicoder), ``.ykd`` (Yoshikoder), ``.txt`` (a word a line; the key is the file's name).

    Returns:
        the dictionary.

    Raises:
        MinberError: MB003 unreadable file, MB505 unknown ending, MB510 not a dictionary of this format.
    """
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise MinberError(
            "MB505", str(path), kind="dictionary format", name=suffix or path.name, known=" ".join(_READERS)
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MinberError("MB003", str(path), file=path.name, problem=error.strerror or error) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    try:
        found = _READERS[suffix](text, path.stem)
    except MinberError:
        raise
    except Exception as error:  # whatever a parser finds wrong with a user's file
        raise MinberError("MB510", str(path), problem=str(error).splitlines()[0] if str(error) else "broken") from error
    if not found.entries:
        raise MinberError("MB510", str(path), problem="it has no entry")
    return found


def _walk(tree: Any, path: tuple[str, ...]) -> Iterator[Entry]:
    if isinstance(tree, Mapping):
        for key, below in tree.items():
            yield from _walk(below, (*path, str(key)))
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from _walk(item, path)
    elif tree is not None:
        pattern = " ".join(str(tree).split())
        if pattern and path:
            yield Entry(path, pattern)


def _yaml(text: str, _: str) -> Dictionary:
    import yaml

    # this loader makes texts, lists and mappings only; a safe one would read the key NO (Norway) as «false»
    return Dictionary.of(_tree(yaml.load(text, Loader=yaml.BaseLoader)))  # noqa: S506


def _json(text: str, _: str) -> Dictionary:
    return Dictionary.of(_tree(json.loads(text)))


def _tree(tree: Any) -> Mapping[str, Any]:
    if not isinstance(tree, Mapping):
        raise TypeError("keys with lists of words under them are expected")
    return tree


def _liwc(text: str, _: str) -> Dictionary:
    """Numbered categories between two lines of ``%``, then words with the numbers of theirs."""
    categories: dict[str, tuple[str, ...]] = {}
    entries, marks, above = [], 0, list[tuple[int, str]]()
    for line in text.splitlines():
        if line.strip() == "%":
            marks += 1
        elif not line.strip():
            continue
        elif marks == 1:  # deeper indentation puts a category under the one above it
            indent = len(line) - len(line.lstrip())
            number, _, label = line.strip().partition("\t") if "\t" in line.strip() else line.strip().partition(" ")
            above = [item for item in above if item[0] < indent]
            above.append((indent, label.strip()))
            categories[number.strip()] = tuple(item[1] for item in above)
        elif marks >= 2:
            word, *numbers = re.split(r"\t+|\s{2,}", line.strip())
            wanted = [number for part in numbers for number in part.split()]
            if not wanted:  # one blank between word and number
                *words, last = word.split()
                word, wanted = " ".join(words), [last]
            for number in wanted:
                known = categories.get(number) or categories.get(number.lstrip("0")) or categories.get(number.zfill(2))
                if known is None:
                    raise ValueError(f"category {number} of «{word}» is not among the categories above")
                entries.append(Entry(known, word.strip()))
    if marks < 2:
        raise ValueError("the categories do not stand between two lines of %")
    return Dictionary(tuple(entries))


def _wordstat(text: str, _: str) -> Dictionary:
    """Categories and, with a number in brackets, words, each a tab further in than what it stands under."""
    entries, path = [], list[str]()
    for line in text.splitlines():
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip("\t"))
        found = re.fullmatch(r"(.*?)\s*\(\d+(?:[.,]\d+)?\)", line.strip())
        path = path[:depth]
        if found:
            entries.append(Entry(tuple(path), found[1].replace("_", " ").strip()))
        else:
            path.append(line.strip())
    return Dictionary(tuple(entry for entry in entries if entry.path and entry.pattern))


def _lexicoder(text: str, name: str) -> Dictionary:
    """Lines of ``+key`` with the words under it, or XML of categories with patterns."""
    if text.lstrip().startswith("<"):
        return _xml(text, name)
    entries, key = [], name
    for line in text.splitlines():
        word = line.strip()
        if word.startswith("+"):
            key = word[1:].strip()
        elif word and not word.startswith(("<", "#", "//")):
            entries.append(Entry((key,), " ".join(word.split())))
    return Dictionary(tuple(entries))


def _xml(text: str, name: str) -> Dictionary:
    """Yoshikoder and Lexicoder: nested ``cnode`` or ``category`` elements with patterns."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(text.encode("utf-8"), parser)
    entries = []

    def visit(node: Any, path: tuple[str, ...]) -> None:
        for child in node:
            tag = etree.QName(child).localname if isinstance(child.tag, str) else ""
            label = child.get("name") or child.get("label") or child.get("key") or ""
            if tag in ("pnode", "pattern", "word", "entry"):
                entries.append(Entry(path or (name,), " ".join((label or child.text or "").split())))
            elif tag in ("cnode", "category", "cat"):
                visit(child, (*path, label or name))
            else:
                visit(child, path)

    visit(root, ())
    # Yoshikoder puts everything under one root category
    first = {entry.path[0] for entry in entries}
    if len(first) == 1 and all(len(entry.path) > 1 for entry in entries):
        entries = [Entry(entry.path[1:], entry.pattern) for entry in entries]
    return Dictionary(tuple(entry for entry in entries if entry.pattern))


def _words(text: str, name: str) -> Dictionary:
    lines = (line.split("\t")[0].strip() for line in text.splitlines())
    return Dictionary(tuple(Entry((name,), line) for line in lines if line and not line.startswith((";", "#", "//"))))


_READERS: dict[str, Callable[[str, str], Dictionary]] = {
    ".yml": _yaml,
    ".yaml": _yaml,
    ".json": _json,
    ".dic": _liwc,
    ".cat": _wordstat,
    ".lc3": _lexicoder,
    ".lcd": _lexicoder,
    ".ykd": _xml,
    ".txt": _words,
}
