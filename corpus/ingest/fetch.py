"""Pages from the network, politely: robots.txt is obeyed, requests are spaced, what did not change is not sent anew."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from email.message import Message
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from corpus.ingest.fetched import Memory, Page
from corpus.ingest.identity import canonical_url
from corpus.ingest.opened import too_large
from corpus.ingest.reading import Raw
from corpus.ingest.robots import Robots, read_robots
from schemas.errors import MinberError

if TYPE_CHECKING:
    import requests

_AGENT = "minber"
_CONNECT, _READ, _WHOLE = 10.0, 30.0, 120.0  # seconds
_TRIES = 3
_PAUSE = 0.5  # seconds before a broken connection is tried again; doubled each time
_REDIRECTS = 5
_LONGEST_WAIT = 30.0  # seconds that a server may ask us to wait: more would let one site hold up a run
_ROBOTS_SIZE = 512 * 1024  # bytes; RFC 9309 asks for at least 500 KiB
_BUSY = frozenset({429, 502, 503, 504})


class Fetcher:
    """Fetches pages for one run, one at a time.

    Parameters:
        max_size: bytes of the largest page.
        delay: seconds between two requests to one host; a longer Crawl-delay of robots.txt is kept, up to 30.
        memory: what was fetched before; servers are asked for what changed since.
    """

    def __init__(self, max_size: int, delay: float = 1.0, memory: Memory | None = None) -> None:
        import requests

        self.memory = memory or Memory()
        self._max_size = max_size
        self._delay = delay
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"{_AGENT}/{version('minber')} (corpus tool for research)"
        self._session.headers["Accept"] = "text/html, application/xhtml+xml, text/plain; q=0.9, */*; q=0.1"
        self._robots: dict[str, Robots | str] = {}  # or why it cannot be had
        self._last: dict[str, float] = {}

    def fetch(self, url: str, changed: dt.datetime | None = None, most: int | None = None) -> Raw:
        """Fetch a page.

        Parameters:
            url: http or https.
            changed: when it last changed, as far as a sitemap says; a page that was fetched since is not asked for.
            most: bytes of the largest answer, if not those of a page.

        Returns:
            its bytes; ``uri`` is where redirects ended. A page that did not change since it was fetched last comes from
            the corpus.

        Raises:
            MinberError: MB111 it cannot be had, MB112 it is too large, MB120 robots.txt forbids it.
        """
        import requests

        if changed is not None and (had := self.memory.page(url)) and had[0].at > changed:
            return _again(*had)
        try:
            place = urldefrag(url).url
            for _ in range(_REDIRECTS + 1):
                self._ask_robots(place)
                had = self.memory.page(place)
                response, data = self._get(place, most or self._max_size, url, had[0] if had else None)
                if response.is_redirect:
                    place = urljoin(place, response.headers["location"])
                    if urlsplit(place).scheme not in ("http", "https"):
                        raise MinberError("MB111", url, problem=f"it leads to {place}")
                    continue
                if response.status_code == 304 and had:
                    return _again(*had)
                if response.status_code != 200:
                    raise MinberError(
                        "MB111", url, problem=f"the server answers {response.status_code} {response.reason}"
                    )
                break
            else:
                raise MinberError("MB111", url, problem=f"more than {_REDIRECTS} redirects")
        except requests.RequestException as error:
            raise MinberError("MB111", url, problem=_in_words(error)) from error
        except ValueError as error:  # from splitting what is no address
            raise MinberError("MB111", url, problem=f"it is no address ({error})") from error
        header = Message()
        header["content-type"] = response.headers.get("content-type", "")
        page = Page(
            place,
            response.headers.get("etag"),
            response.headers.get("last-modified"),
            hashlib.sha256(data).hexdigest(),
            header.get_content_type() if header["content-type"] else None,
            header.get_content_charset(),
            dt.datetime.now(dt.UTC),
        )
        self.memory.note(page)
        return _again(page, data)

    def robots_of(self, url: str) -> Robots:
        """The robots.txt of a page's site, asked for once a run.

        Parameters:
            url: of a page.

        Returns:
            its rules.

        Raises:
            MinberError: MB111 the site cannot be reached.
        """
        import requests

        root = _root(url)
        if root not in self._robots:
            try:
                response, data = self._robots_file(urljoin(root, "/robots.txt"), url)
            except requests.RequestException as error:  # no further page of this site is tried in this run
                self._robots[root] = _in_words(error)
            except ValueError:  # it leads to what is no address
                self._robots[root] = Robots()
            else:
                if response.status_code == 200:
                    self._robots[root] = read_robots(data.decode("utf-8", errors="replace"), _AGENT)
                elif response.status_code >= 500:  # RFC 9309: a site in trouble is left alone
                    self._robots[root] = Robots([("/", False)])
                else:
                    self._robots[root] = Robots()
        found = self._robots[root]
        if isinstance(found, str):
            raise MinberError("MB111", url, problem=found)
        return found

    def _robots_file(self, place: str, url: str) -> tuple[requests.Response, bytes]:
        """A robots.txt, also where it lies elsewhere; of one without end, its beginning counts (RFC 9309)."""
        for _ in range(_REDIRECTS + 1):
            response, data = self._get(place, _ROBOTS_SIZE, url, None, True)
            place = urljoin(place, response.headers.get("location", ""))
            if not response.is_redirect or urlsplit(place).scheme not in ("http", "https"):
                break
        return response, data

    def _get(
        self, place: str, max_size: int, url: str, had: Page | None = None, cut: bool = False
    ) -> tuple[requests.Response, bytes]:
        """One page, asked for again where the server is busy or the connection breaks."""
        import requests

        asked = {}
        if had and had.etag:
            asked["If-None-Match"] = had.etag
        if had and had.modified:
            asked["If-Modified-Since"] = had.modified
        for attempt in range(_TRIES):
            last = attempt + 1 == _TRIES
            self._wait(place)
            try:
                with self._session.get(
                    place, headers=asked, stream=True, allow_redirects=False, timeout=(_CONNECT, _READ)
                ) as response:
                    if response.status_code in _BUSY and not last:
                        time.sleep(_retry_after(response, attempt))
                        continue
                    whole = not response.is_redirect and response.status_code != 304
                    return response, self._body(response, max_size, url, cut) if whole else b""
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                if last or isinstance(error, requests.exceptions.SSLError):
                    raise
                time.sleep(_PAUSE * 2**attempt)
        raise AssertionError("unreachable")

    def _body(self, response: requests.Response, max_size: int, url: str, cut: bool) -> bytes:
        stop = time.monotonic() + _WHOLE
        data = bytearray()
        for chunk in response.iter_content(64 * 1024):  # unpacked: a small answer may be a large page
            data += chunk
            late = time.monotonic() > stop
            if cut and (late or len(data) > max_size):
                return bytes(data[: data.rfind(b"\n") + 1])
            if len(data) > max_size:
                raise too_large(url, None, max_size)
            if late:
                raise MinberError("MB111", url, problem=f"it was still coming after {_WHOLE:.0f} seconds")
        return bytes(data)

    def _wait(self, place: str) -> None:
        """Keep the distance between requests to one host."""
        host = urlsplit(place).netloc
        robots = self._robots.get(_root(place))
        asked = robots.delay if isinstance(robots, Robots) else 0.0
        due = self._last.get(host, -1e9) + max(self._delay, min(asked, _LONGEST_WAIT))
        time.sleep(max(0.0, due - time.monotonic()))
        self._last[host] = time.monotonic()

    def _ask_robots(self, place: str) -> None:
        if not self.robots_of(place).allows(place):
            raise MinberError("MB120", place)


def _again(page: Page, data: bytes) -> Raw:
    """A page with what its server said of it."""
    return Raw(
        uri=canonical_url(page.url),
        name=PurePosixPath(unquote(urlsplit(page.url).path)).name,
        data=data,
        retrieved=page.at,
        media_type=page.media_type,
        charset=page.charset,
    )


def _root(place: str) -> str:
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc}/"


def _retry_after(response: requests.Response, attempt: int) -> float:
    """Seconds that a busy server asks us to wait: a number, or a moment (RFC 9110)."""
    asked = response.headers.get("retry-after", "")
    try:
        seconds = float(asked)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(asked) - dt.datetime.now(dt.UTC)).total_seconds()
        except (ValueError, TypeError):
            seconds = 2.0**attempt
    return max(0.0, min(seconds, _LONGEST_WAIT))


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
