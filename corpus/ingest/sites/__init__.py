"""What is known of single web sites: data, one YAML file or more, that readers of pages look up by host name."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def _listed(group: str) -> dict[str, str]:
    import yaml

    found: dict[str, str] = {}
    for file in sorted(files("corpus.ingest.sites").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            found |= (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get(group, {})
    return found


def publisher_of(host: str | None) -> str | None:
    """Name the publisher of a host, in the one spelling that the corpus uses.

    Parameters:
        host: host name; subdomains belong to their domain.

    Returns:
        the name, None for a host that is not listed.

    Example:
        >>> publisher_of("kaz.tengrinews.kz"), publisher_of("www.gov.uk"), publisher_of("example.org")
        ('Tengrinews', 'GOV.UK', None)
    """
    labels = (host or "").lower().split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels)))
    return next((_listed("publishers")[domain] for domain in domains if domain in _listed("publishers")), None)


def agency(name: str) -> str | None:
    """Name the agency or paper that a text calls so, in the one spelling that the corpus uses.

    Parameters:
        name: one word or more; of several, the first or last alone may be the name.

    Returns:
        the name, None for one that is not listed.

    Example:
        >>> agency("«Казинформ»"), agency("ТАСС со"), agency("пресс-служба Акорды")
        ('Kazinform', 'TASS', None)
    """
    whole = name.strip('«»"“”.,').lower()
    words = whole.split()
    tries = (whole, words[0], words[-1]) if words else ()
    return next((_listed("agencies")[found] for found in tries if found in _listed("agencies")), None)
