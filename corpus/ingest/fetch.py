"""Pages from the network, politely: robots.txt is obeyed, requests are spaced, sizes and times are bounded."""

from __future__ import annotations

import datetime as dt
import time
from email.message import Message
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from corpus.ingest.identity import canonical_url
from corpus.ingest.reading import Raw
from schemas.errors import MinberError

if TYPE_CHECKING:
    import requests

_AGENT = "minber"
_CONNECT, _READ, _WHOLE = 10.0, 30.0, 120.0  # seconds
_TRIES = 3
_REDIRECTS = 5
_LONGEST_WAIT = 30.0  # seconds that a server may ask us to wait
_ROBOTS_SIZE = 512 * 1024  # bytes; RFC 9309 asks for at least 500 KiB
_BUSY = frozenset({429, 502, 503, 504})


class Fetcher:
    """Fetches pages for one run, one at a time.

    Parameters:
        max_size: bytes of the largest page.
        delay: seconds between two requests to one host; a longer Crawl-delay of robots.txt is kept.
    """

    def __init__(self, max_size: int, delay: float = 1.0) -> None:
        import requests

        self._max_size = max_size
        self._delay = delay
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"{_AGENT}/{version('minber')} (corpus tool for research)"
        self._session.headers["Accept"] = "text/html, application/xhtml+xml, text/plain; q=0.9, */*; q=0.1"
        self._robots: dict[str, RobotFileParser] = {}
        self._last: dict[str, float] = {}

    def fetch(self, url: str) -> Raw:
        """Fetch a page.

        Parameters:
            url: http or https.

        Returns:
            its bytes; ``uri`` is where redirects ended.

        Raises:
            MinberError: MB111 it cannot be had, MB112 it is too large, MB120 robots.txt forbids it.
        """
        import requests

        place = url
        try:
            for _ in range(_REDIRECTS + 1):
                self._ask_robots(place)
                response, data = self._get(place, self._max_size, url)
                if response.is_redirect:
                    place = urljoin(place, response.headers["location"])
                    if urlsplit(place).scheme not in ("http", "https"):
                        raise MinberError("MB111", url, problem=f"it leads to {place}")
                    continue
                if response.status_code != 200:
                    raise MinberError(
                        "MB111", url, problem=f"the server answers {response.status_code} {response.reason}"
                    )
                break
            else:
                raise MinberError("MB111", url, problem=f"more than {_REDIRECTS} redirects")
        except requests.RequestException as error:
            raise MinberError("MB111", url, problem=_in_words(error)) from error
        header = Message()
        header["content-type"] = response.headers.get("content-type", "")
        return Raw(
            uri=canonical_url(place),
            name=PurePosixPath(unquote(urlsplit(place).path)).name,
            data=data,
            retrieved=dt.datetime.now(dt.UTC),
            media_type=header.get_content_type() if header["content-type"] else None,
            charset=header.get_content_charset(),
        )

    def _get(self, place: str, max_size: int, url: str) -> tuple[requests.Response, bytes]:
        """One page, asked for again where the server is busy."""
        for attempt in range(_TRIES):
            self._wait(place)
            with self._session.get(place, stream=True, allow_redirects=False, timeout=(_CONNECT, _READ)) as response:
                if response.status_code in _BUSY and attempt + 1 < _TRIES:
                    time.sleep(_retry_after(response, attempt))
                    continue
                data = b"" if response.is_redirect else self._body(response, max_size, url)
                return response, data
        raise AssertionError("unreachable")

    def _body(self, response: requests.Response, max_size: int, url: str) -> bytes:
        stop = time.monotonic() + _WHOLE
        data = bytearray()
        for chunk in response.iter_content(64 * 1024):  # unpacked: a small answer may be a large page
            data += chunk
            if len(data) > max_size:
                limit = f"{max_size / 1024 / 1024:.1f} MB"
                raise MinberError("MB112", url, size="more", limit=limit)
            if time.monotonic() > stop:
                raise MinberError("MB111", url, problem=f"it was still coming after {_WHOLE:.0f} seconds")
        return bytes(data)

    def _wait(self, place: str) -> None:
        """Keep the distance between requests to one host."""
        host = urlsplit(place).netloc
        robots = self._robots.get(_root(place))
        asked = float(robots.crawl_delay(_AGENT) or 0) if robots and robots.mtime() else 0.0
        due = self._last.get(host, -1e9) + max(self._delay, min(asked, _LONGEST_WAIT))
        time.sleep(max(0.0, due - time.monotonic()))
        self._last[host] = time.monotonic()

    def _ask_robots(self, place: str) -> None:
        import requests

        root = _root(place)
        if root not in self._robots:
            robots = RobotFileParser()
            try:
                response, data = self._get(urljoin(root, "/robots.txt"), _ROBOTS_SIZE, place)
                if response.status_code == 200:
                    robots.parse(data.decode("utf-8", errors="replace").splitlines())
                elif response.status_code >= 500:  # RFC 9309: a site in trouble is left alone
                    robots.parse(["User-agent: *", "Disallow: /"])
                else:
                    robots.parse([])
            except MinberError:  # a robots.txt without end
                robots.parse([])
            except requests.RequestException as error:
                raise MinberError("MB111", place, problem=_in_words(error)) from error
            self._robots[root] = robots
        if not self._robots[root].can_fetch(_AGENT, place):
            raise MinberError("MB120", place)


def _root(place: str) -> str:
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc}/"


def _retry_after(response: requests.Response, attempt: int) -> float:
    try:
        asked = float(response.headers.get("retry-after", ""))
    except ValueError:
        asked = 2.0**attempt
    return max(0.0, min(asked, _LONGEST_WAIT))


def _in_words(error: Exception) -> str:
    """What a user can understand of a failed request."""
    import requests

    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not valid"
    if isinstance(error, requests.ConnectionError):
        return "no connection to the server"
    return f"{type(error).__name__}: {error}"[:200]
