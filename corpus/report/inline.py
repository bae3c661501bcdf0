"""Pictures drawn into a page."""

from __future__ import annotations

import re

from markupsafe import Markup, escape


def inline(svg: str, prefix: str, label: str) -> Markup:
    """Make an SVG part of a page: names that no other picture has, no namespaces, a label for those who cannot see it.

    Parameters:
        svg: an ``svg`` element.
        prefix: put before its names.
        label: what the picture shows.

    Returns:
        the element.
    """
    plain = re.sub(r"[^\w-]", "-", prefix)
    names: dict[str, str] = {}
    for found in re.findall(r'\bid="([^"]+)"', svg):
        names.setdefault(found, f"{plain}-{len(names)}")
    for old, new in names.items():
        svg = svg.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})")
    svg = re.sub(r' (?:xmlns(?::\w+)?|aria-[\w-]+|role|version)="[^"]*"', "", svg)
    return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1))  # noqa: S704 -- drawn by us
