"""The words of the interface in each language: of pages (``strings.yaml``) and of the report (``summary.yaml``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from schemas.datafile import read_data
from schemas.errors import MinberError


@cache
def _all(name: str = "strings") -> dict[str, dict[str, str]]:
    strings: dict[str, dict[str, str]] = read_data(files("corpus.report") / f"{name}.yaml")
    return strings


def interface_languages() -> list[str]:
    """Languages that pages and terminal views can speak.

    Example:
        >>> interface_languages()
        ['en', 'kk', 'ru']
    """
    return sorted(_all())


def words_in(language: str, name: str = "strings") -> dict[str, str]:
    """The interface's words in a language.

    Parameters:
        language: one of ``interface_languages()``.
        name: ``strings`` or ``summary``.

    Returns:
        key → word.

    Raises:
        MinberError: MB002 for a language that is not there.

    Example:
        >>> words_in("kk")["themes"]
        'Тақырыптар'
    """
    if language not in _all(name):
        known = ", ".join(interface_languages())
        raise MinberError("MB002", kind="interface language", name=language, known=known)
    return _all(name)[language]
