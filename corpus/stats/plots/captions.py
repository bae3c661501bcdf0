"""The words of pictures in each interface language, and how it writes numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.datafile import read_data


@cache
def all_captions() -> dict[str, dict[str, str]]:
    """Every caption of every language, as ``captions.yaml`` holds them."""
    found: dict[str, dict[str, str]] = read_data(files("corpus.stats.plots") / "captions.yaml")
    return found


def captions(language: str) -> dict[str, str]:
    """The words of pictures in a language, in English where it has none.

    Parameters:
        language: ISO 639 code.

    Returns:
        key → words.

    Example:
        >>> captions("kk")["themes"], captions("fi")["themes"]
        ('Тақырыптар', 'Themes')
    """
    return all_captions().get(language, all_captions()["en"])


def group_name(group: str, words: Mapping[str, str]) -> str:
    """What a group is called: voices and kinds, and what has no value, in the language of the picture.

    Parameters:
        group: as results have it.
        words: captions of the language.

    Example:
        >>> [group_name(group, captions("ru")) for group in ("quoted", "(none)", "2024")]
        ['цитаты', '(не указано)', '2024']
    """
    return words["none_given"] if group == "(none)" else words.get(group, group)


def unit_caption(unit: str, language: str) -> str:
    """What a share is a share of, for an axis.

    Parameters:
        unit: ``sentences``, ``documents``, ``labelled units``, ``words``.
        language: of the caption.

    Example:
        >>> unit_caption("labelled units", "en")
        'share of labelled units'
    """
    return captions(language)["units" if unit == "labelled units" else unit]


def number_locale(language: str) -> dict[str, Any]:
    """How a language writes numbers, as Vega wants to know it.

    Parameters:
        language: ISO 639 code.

    Returns:
        a locale; that of English for languages that are not known.
    """
    if language in ("kk", "ru"):
        space = "\u00a0"
        number = {"decimal": ",", "thousands": space, "grouping": [3], "currency": ["", ""], "percent": f"{space}%"}
    else:
        number = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]}
    return {"number": number}
