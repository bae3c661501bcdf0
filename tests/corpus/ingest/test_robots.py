"""What robots.txt files ask."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.ingest.robots import read_robots

FILE = """# a comment
User-agent: Googlebot
Disallow: /

User-agent: minber
User-agent: otherbot
Crawl-delay: 2.5
Disallow: /private
Allow: /private/open
Disallow: /*/print$   # the printed page
Disallow: /*.pdf
Disallow: /%D0%BF%D0%BE%D0%B8%D1%81%D0%BA
Disallow:
Sitemap: https://stan.kz/sitemap.xml

User-agent: *
Disallow: /news
"""


@pytest.mark.parametrize(
    ("path", "open_"),
    [
        ("/", True),
        ("/news/1", True),
        ("/private", False),
        ("/private/x", False),
        ("/private/open/1", True),
        ("/a/b/print", False),
        ("/a/b/print/1", True),
        ("/print", True),
        ("/a.pdf", False),
        ("/a.pdf?x=1", False),
        ("/поиск?q=1", False),
        ("/robots.txt", True),
    ],
)
def test_paths(path: str, open_: bool) -> None:
    assert read_robots(FILE, "minber").allows(f"https://stan.kz{path}") is open_


def test_groups_delays_sitemaps() -> None:
    robots = read_robots(FILE, "minber")
    assert (robots.delay, robots.sitemaps) == (2.5, ["https://stan.kz/sitemap.xml"])
    assert not read_robots(FILE, "strange").allows("https://stan.kz/news/1")
    assert read_robots(FILE, "strange").allows("https://stan.kz/private")
    assert not read_robots("User-agent: minber/1.0\nDisallow: /", "minber").allows("https://a.kz/x")
    assert read_robots("User-agent: minberbot\nDisallow: /", "minber").allows("https://a.kz/x")
    assert read_robots("", "minber").allows("https://a.kz/x")
    assert read_robots("<html>Not found</html>", "minber").allows("https://a.kz/x")


def test_equal_rules_open() -> None:
    assert read_robots("User-agent: *\nDisallow: /a\nAllow: /a", "minber").allows("https://a.kz/a")


def test_patterns_made_to_be_slow_are_quick() -> None:
    robots = read_robots("User-agent: *\nDisallow: /" + "*a" * 2000 + "b$", "minber")
    start = time.process_time()
    assert robots.allows("https://a.kz/" + "a" * 20_000)
    assert time.process_time() - start < 2


@given(st.text(alphabet="User-agent:*\nDisallow/$? %Ж", max_size=200), st.text(max_size=40))
def test_any_file_and_path_get_an_answer(file: str, path: str) -> None:
    assert read_robots(file, "minber").allows("https://a.kz/" + path) in (True, False)
