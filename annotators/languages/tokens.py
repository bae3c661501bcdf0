"""Tokenizer rules shared by all languages; what is particular to one stands in its folder's tokens.yaml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from spacy.attrs import LIKE_NUM, NORM, ORTH  # type: ignore[import-not-found]
from spacy.lang.char_classes import LIST_CURRENCY, LIST_ICONS
from spacy.lang.tokenizer_exceptions import BASE_EXCEPTIONS
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc
from spacy.util import registry, update_exc
from spacy.vocab import Vocab
from thinc.api import Config

from schemas.datafile import read_data

FOLDER = Path(__file__).parent
LONGEST_CHUNK = 1000
"""A run of more characters than this without a space is cut before it is tokenized: spaCy's work on one run grows with
the square of its length."""


def _letters(category: str) -> str:
    """All Latin, Greek and Cyrillic letters of a category; spaCy's own classes lack ғ, қ and ұ."""
    ranges = (range(0x41, 0x250), range(0x370, 0x530), range(0x1E00, 0x1F00))
    return "".join(chr(code) for part in ranges for code in part if unicodedata.category(chr(code)) == category)


UPPER, LOWER = _letters("Lu"), _letters("Ll")
LETTER = r"[^\W\d_]"
QUOTES = '«»“”„‟"‹›「」『』'
"""Marks that are always tokens of their own, inside a word too."""
SINGLE_QUOTES = "'‘’‚‛`´"
"""Marks that are tokens of their own at a word's edge; inside a word they are apostrophes."""
BRACKETS = r"()\[\]{}<>"
DASHES = "–—―"
STOP_BEFORE = rf"(?:(?<=[{LOWER}0-9%²³°)\]\-+{QUOTES}{SINGLE_QUOTES}])|(?<=[{UPPER}°][{UPPER}]))"
"""What a sentence stop follows: anything but a single capital, which is an initial."""

_ICONS = [icons.replace(r"\u00B0", "") for icons in LIST_ICONS]  # a degree sign belongs to its number: 5°С-тан
_PUNCTUATION = [r"[,;:!?¿¡·_#*&。？！，、；：～|\\]", r"\.\.+", "…", f"[{BRACKETS}{QUOTES}{SINGLE_QUOTES}]"]
_PREFIXES = [
    *_PUNCTUATION, *LIST_CURRENCY, *_ICONS, f"[§=~{DASHES}]", r"\+(?![0-9])", rf"-+(?=[{QUOTES}]|{LETTER})", r"-$",
]  # fmt: skip
_SUFFIXES = [
    *_PUNCTUATION, *_ICONS, f"[{DASHES}]", r"(?<=[^\w\s\-])-+", r"(?<=[0-9])\+", rf"{STOP_BEFORE}\.",
    "(?<=[0-9])(?:" + "|".join(LIST_CURRENCY) + ")",
]  # fmt: skip
_INFIXES = [
    r"\.\.+", "…", *_ICONS, f"[{QUOTES}{DASHES}]", "--+",
    # a stop or mark glued to the next word by a lost space: «келді.Порадовало», «"Ну."Он»
    rf"{STOP_BEFORE}\.(?=[{UPPER}{QUOTES}(\[{DASHES}]|-{LETTER})",
    # commas and the like, but not inside numbers (2,5; 12:30)
    r"(?<=\D)[,;:!?]", r"[,;:!?](?=\D)",
    rf"(?<=[\w{QUOTES}])[{BRACKETS}]", r"(?<=[)\]])[^\w\s]",
    # the dash of an attribution glued to the mark before it: «Сөз»,-деді
    rf"(?<=[,!?.…{QUOTES}])(?<![{UPPER}]\.)-+(?={LETTER}|$)",
    rf"(?<={LETTER})[/=](?={LETTER})", r"(?<=[0-9])[-+*^](?=[0-9])",
    # initials glued to a surname: А.С.Пушкин
    rf"(?<=[{UPPER}]\.)(?=[{UPPER}][{LOWER}])",
]  # fmt: skip

CONFIG = Config().from_str('[nlp]\n[nlp.tokenizer]\n@tokenizers = "minber.Tokenizer.v1"\n')
"""What a language's Defaults say to be given Minber's tokenizer."""

# Of spaCy's general exceptions; the others are faces such as «8)», which would swallow the bracket of a list number.
_KEPT = re.compile(r"\s+|[a-zäöü]\.|°[cfkCFK]\.|'+|C\+\+")
_URL = re.compile(
    r"^(?:[a-z][a-z0-9+.\-]{1,15}://\S+"  # with a scheme
    r"|[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"  # an address of electronic mail
    r"|(?:[A-Za-z0-9][A-Za-z0-9\-]{0,62}\.)+[a-z]{2,24}(?::\d{2,5})?(?:[/?#]\S*)?(?:[\-’'][^\W\d_]+)?"  # Stan.kz-тің
    r"|(?:[\w\-]{1,63}\.)+(?:қаз|рф|(?i:kz|ru|com|org|net|gov|info|kg|uz|eu))(?:[/?#]\S*)?"  # STAN.KZ
    r"(?:[\-’'][^\W\d_]+)?)$"
)


@cache
def token_data(lang: str) -> dict[str, Any]:
    """Read a language's tokens.yaml."""
    data: dict[str, Any] = read_data(FOLDER / lang / "tokens.yaml")
    return data


def words(lists: Iterable[str]) -> list[str]:
    """Split lists of words as our YAML files write them: several words a line, spaces between."""
    return " ".join(lists).split()


def exceptions(lang: str, base: dict[str, Any] | None = None) -> dict[str, Any]:
    """Abbreviations that keep their stop, written as listed, capitalised and in capitals."""
    special: dict[str, list[dict[int, str]]] = {}
    for word in words(token_data(lang)["abbreviations"]):
        for form in (word, word[0].upper() + word[1:], word.upper()):
            special[form] = [{ORTH: form}]
    kept = BASE_EXCEPTIONS if base is None else base
    kept = {key: value for key, value in kept.items() if key not in BASE_EXCEPTIONS or _KEPT.fullmatch(key)}
    result: dict[str, Any] = update_exc(kept, special)
    return result


def prefixes() -> list[str]:
    """Rules for what is cut off at a word's beginning."""
    return list(_PREFIXES)


def suffixes(lang: str) -> list[str]:
    """Rules for what is cut off at a word's end; units written right behind a number are the language's own."""
    units = sorted(words(token_data(lang).get("units", [])), key=len, reverse=True)
    glued = ["(?<=[0-9])(?:" + "|".join(map(re.escape, units)) + ")"] if units else []
    return [*_SUFFIXES, *glued]


def infixes() -> list[str]:
    """Rules for what is cut out of a word's middle; a hyphen between letters is not."""
    return list(_INFIXES)


def glued() -> list[str]:
    """Rules that separate marks from words where a space was lost; they may be added to spaCy's own."""
    return [
        f"[{QUOTES}{DASHES}]",
        rf"[,:;.!?](?=[{QUOTES}])",
        rf"{STOP_BEFORE}[.!?](?=[{UPPER}{QUOTES}(\[])",
        rf"(?<={LETTER})[!?;:](?={LETTER})",
    ]


def url_match() -> Callable[[str], re.Match[str] | None]:
    """Addresses of the web and of mail; unlike spaCy's rule not any two words with a stop between."""
    return _URL.match


def lexical_attributes(lang: str) -> dict[int, Callable[[str], Any]]:
    """spaCy's getters of lexeme attributes: number words, and norms with look-alike letters repaired."""
    from annotators.languages.scripts import norm

    numbers = frozenset(words(token_data(lang).get("numbers", [])))

    def like_num(text: str) -> bool:
        bare = text.lstrip("+-±~").replace(",", "").replace(".", "").replace("/", "")
        return bare.isdigit() or text.lower() in numbers

    return {LIKE_NUM: like_num, NORM: norm}


class MinberTokenizer(Tokenizer):  # type: ignore[misc]
    """spaCy's tokenizer, made linear for text without spaces."""

    def __call__(self, string: str) -> Doc:
        """Tokenize a text; ``"".join(t.text_with_ws for t in doc) == string``."""
        pieces = list(_pieces(string))
        if len(pieces) == 1:
            doc: Doc = super().__call__(string)
            return doc
        tokens: list[str] = []
        spaces: list[bool] = []
        for piece in pieces:
            for token in super().__call__(piece):
                tokens.append(token.text)
                spaces.append(bool(token.whitespace_))
        return Doc(self.vocab, words=tokens, spaces=spaces)


_LONG = re.compile(rf"\S{{{LONGEST_CHUNK + 1},}}")
_BREAK = re.compile(rf"[{QUOTES}.,;:!?]")


def _pieces(string: str) -> Iterable[str]:
    """Cut a text inside its over-long runs, after a mark where there is one; elsewhere it stays whole."""
    start = 0
    for run in _LONG.finditer(string):
        place = run.start()
        while run.end() - place > LONGEST_CHUNK:
            marks = [match.end() for match in _BREAK.finditer(string, place, place + LONGEST_CHUNK)]
            place = marks[-1] if marks else place + LONGEST_CHUNK
            yield string[start:place]
            start = place
    yield string[start:]


@registry.tokenizers("minber.Tokenizer.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Callable[[Any], Tokenizer]:
    """Make Minber's tokenizer from a language's Defaults, as spaCy's configuration asks for it."""

    def make(nlp: Any) -> Tokenizer:
        return tokenizer(nlp.vocab, nlp.Defaults)

    return make


def tokenizer(vocab: Vocab, defaults: Any) -> Tokenizer:
    """Build the tokenizer of a language from its rules."""
    from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

    return MinberTokenizer(
        vocab,
        rules=defaults.tokenizer_exceptions,
        prefix_search=compile_prefix_regex(defaults.prefixes).search,
        suffix_search=compile_suffix_regex(defaults.suffixes).search,
        infix_finditer=compile_infix_regex(defaults.infixes).finditer,
        token_match=None,
        url_match=defaults.url_match,
    )
