"""What is known of single web sites: data that readers of pages look up by host name.

``publishers.yaml`` lists who publishes; a file named by the domain (``akorda.kz.yaml``) says where on its pages title,
day, speaker, text, furniture and language links stand, in the form of ``schemas.site.Site``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.datafile import read_data

if TYPE_CHECKING:
    from schemas.site import Site


_HOST = re.compile(r"(?=.{1,253}\Z)(?:[\w-]{1,63}\.)+[\w-]{1,63}")


@cache
def _listed(group: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(files("corpus.ingest.sites").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml") and "." not in file.name.removesuffix(".yaml"):
            found |= (read_data(file) or {}).get(group, {})
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


def site_of(host: str | None, folder: str | None = None) -> Site | None:
    """Look up what is known of the pages of a host.

    Parameters:
        host: host name; subdomains belong to their domain.
        folder: site files of the user, which go before those that come with Minber.

    Returns:
        the site, None for a host without a file.

    Raises:
        MinberError: MB003 unreadable file, MB004 not YAML.
        MinberErrors: MB011 with every bad field, its file and line.

    Example:
        >>> site_of("www.akorda.kz").languages["kz"], site_of("example.org")
        ('kk', None)
    """
    name = (host or "").lower()
    if not _HOST.fullmatch(name):  # pages state what they like, and it becomes the name of a file here
        return None
    labels = name.split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    for place in (Path(folder) if folder else None, _here()):
        for domain in domains if place else ():
            if (site := _read(place / f"{domain}.yaml")) is not None:  # type: ignore[operator]
                return site
    return None


@cache
def _here() -> Path:
    return Path(str(files("corpus.ingest.sites")))


@lru_cache(maxsize=4096)
def _read(path: Path) -> Site | None:
    if not path.is_file():
        return None
    from schemas.site import Site
    from schemas.yamlfile import read_model

    return read_model(path, Site, "site")
