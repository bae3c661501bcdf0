"""What a site's robots.txt asks of programs (RFC 9309): the longest rule that fits a path decides; ``*`` and ``$``.

Python's own parser takes the first rule that fits and knows no wildcards, so that it would fetch what a site closes
with ``Disallow: /*?print``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

_MOST_RULES = 10_000


@dataclass(slots=True)
class Robots:
    """The rules of one site for one program.

    Attributes:
        rules: pairs of a path pattern and whether it is open.
        delay: seconds that the site wants between two requests.
        sitemaps: addresses of its sitemaps.
    """

    rules: list[tuple[str, bool]] = field(default_factory=list)
    delay: float = 0.0
    sitemaps: list[str] = field(default_factory=list)

    def allows(self, url: str) -> bool:
        """Whether a page may be fetched.

        Example:
            >>> robots = read_robots("User-agent: *\\nDisallow: /news\\nAllow: /news/2025\\nDisallow: /*.pdf$", "me")
            >>> [robots.allows(f"https://stan.kz{path}") for path in ("/news/1", "/news/2025/1", "/a.pdf", "/a.pdf?x")]
            [False, True, False, True]
        """
        parts = urlsplit(url)
        path = _plain(parts.path or "/") + (f"?{_plain(parts.query)}" if parts.query else "")
        if path == "/robots.txt":
            return True
        fitting = [(len(pattern), open_) for pattern, open_ in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


def read_robots(text: str, agent: str) -> Robots:
    """Read a robots.txt.

    Parameters:
        text: its characters.
        agent: the name that the program goes by, without version.

    Returns:
        the rules of the groups that name the program, else of those for all.
    """
    groups: dict[str, Robots] = {}
    names: list[str] = []
    sitemaps: list[str] = []
    open_for_names = False
    for line in text.splitlines():
        key, sign, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not sign:
            continue
        if key == "sitemap":
            sitemaps.append(value)
        elif key == "user-agent":
            names = [*names, value.lower()] if open_for_names else [value.lower()]
            open_for_names = True
            for name in names:
                groups.setdefault(name, Robots())
        else:
            open_for_names = False
            for name in names:
                _take(groups[name], key, value)
    own = [group for name, group in groups.items() if re.split(r"[^a-z_-]", name)[0] == agent.lower()]
    chosen = own or [group for name, group in groups.items() if name == "*"]
    return Robots(
        [rule for group in chosen for rule in group.rules][:_MOST_RULES],
        max((group.delay for group in chosen), default=0.0),
        sitemaps,
    )


def _take(group: Robots, key: str, value: str) -> None:
    if key in ("allow", "disallow") and value:
        group.rules.append((_plain(value), key == "allow"))
    elif key == "crawl-delay":
        try:
            group.delay = max(0.0, float(value))
        except ValueError:
            return


def _plain(path: str) -> str:
    """One spelling for each path, whatever is percent-encoded in it."""
    return quote(unquote(path), safe="/*$?&=;:@!'()+,~")


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern fits the beginning of a path; linear in both, for patterns come from strangers."""
    whole = pattern.endswith("$")
    pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    if len(pieces) == 1:
        return not whole or at == len(path)
    for piece in pieces[1:-1]:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if whole:
        return path.endswith(pieces[-1]) and len(path) - len(pieces[-1]) >= at
    return path.find(pieces[-1], at) >= 0
