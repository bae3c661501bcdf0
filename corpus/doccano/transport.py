"""What lies below every request to a server: signing in, time limits, bounded retries, checks of every answer.

``doccano-client`` neither raises for errors nor limits time. Both happen in the transport adapter, so that no way
around exists.
"""

from __future__ import annotations

import json
import ssl
import time
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from doccano_client import DoccanoClient
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from schemas.errors import MinberError

CONNECT_SECONDS = 3.0
READ_SECONDS = 60.0
HEALTH_SECONDS = 8.0
SLOWEST = 1000
"""Bytes a second at which an answer must arrive."""

HEALTH = "/v1/health/"
_LOGIN = "/v1/auth/login/"


class Session(DoccanoClient):  # type: ignore[misc]  # the package has no types
    """``doccano-client`` with our transport mounted before its first request, which is the login."""

    def __init__(self, url: str, username: str, password: str, ca: str | None) -> None:
        self._ca = ca
        super().__init__(url, username, password)

    def __repr__(self) -> str:
        return f"Session({self.baseurl!r})"

    def _login(self, username: str, password: str) -> None:
        session: requests.Session = self.session
        session.max_redirects = 0
        session.mount("http://", _Adapter(READ_SECONDS, username))
        session.mount("https://", _Adapter(READ_SECONDS, username))
        session.mount(f"{self.baseurl.rstrip('/')}{HEALTH}", _Adapter(HEALTH_SECONDS, username, attempts=0))
        session.auth = _keep  # or a .netrc would add a second way to sign in
        session.cookies.set_policy(_Cookies())
        if self._ca:
            try:
                ssl.create_default_context(cafile=self._ca)
            except (OSError, ValueError) as error:  # told apart here from a certificate of the server that is wrong
                raise MinberError("MB446", self._ca, problem=_reason(error)) from None
            session.verify = self._ca
        if (urlsplit(self.baseurl).hostname or "") in ("127.0.0.1", "localhost", "::1"):
            session.trust_env = False  # a proxy has no business on loopback
        super()._login(username, password)


def _keep(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Cookies(DefaultCookiePolicy):
    """Keeps the session's cookies as long as the session: when they end is for the server to say, not for our clock."""

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        """Take a cookie without its time."""
        cookie.expires = None
        return super().set_ok(cookie, request)


class _Adapter(HTTPAdapter):
    """Time limits and bounded retries below, checks of every answer above.

    Only what cannot have reached the server (no connection), and questions (GET), are tried again.
    """

    def __init__(self, seconds: float, user: str, attempts: int = 2) -> None:
        self._seconds = seconds
        self._user = user
        super().__init__(
            max_retries=Retry(
                total=attempts,
                read=min(1, attempts),
                backoff_factor=0.2,
                status_forcelist=(502, 503, 504),
                allowed_methods=("GET", "HEAD"),
                raise_on_status=False,
            )
        )

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Send a request; whatever goes wrong leaves as a MinberError."""
        options["timeout"] = (CONNECT_SECONDS, self._seconds)
        server = "/".join(str(request.url).split("/")[:3])
        try:
            answer = super().send(request, **options)
            self._read(answer)
        except requests.exceptions.ReadTimeout:
            raise self._slow(request) from None
        except requests.exceptions.SSLError as error:
            raise MinberError("MB401", server, url=server, problem=f"certificate: {_reason(error)}") from None
        except requests.exceptions.RequestException as error:
            if "Read timed out" in str(error):
                raise self._slow(request) from None
            raise MinberError("MB401", server, url=server, problem=_reason(error)) from None
        self._check(answer)
        return answer

    def _read(self, answer: requests.Response) -> None:
        """Read an answer now, for a connection cut midway must be seen here.

        The time limit is for each piece that arrives; an answer that drips would never end. So after twice that time a
        kilobyte a second is the least.
        """
        begun, size, pieces = time.monotonic(), 0, []
        try:
            while piece := answer.raw.read1(1 << 20, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                if size < SLOWEST * (time.monotonic() - begun - 2 * self._seconds):
                    answer.close()
                    raise self._slow(answer.request)
        except urllib3.exceptions.ReadTimeoutError:
            raise self._slow(answer.request) from None
        except urllib3.exceptions.HTTPError as error:
            server = "/".join(str(answer.request.url).split("/")[:3])
            raise MinberError("MB401", server, url=server, problem=_reason(error)) from None
        answer._content, answer._content_consumed = b"".join(pieces), True  # type: ignore[attr-defined]
        answer.raw.release_conn()

    def _slow(self, request: requests.PreparedRequest) -> MinberError:
        path = urlsplit(str(request.url)).path
        return MinberError("MB408", method=request.method, path=path, seconds=f"{self._seconds:.0f}")

    def _check(self, answer: requests.Response) -> None:
        request, status = answer.request, answer.status_code
        path = urlsplit(str(request.url)).path
        if path.endswith(HEALTH) and status in (200, 500):
            return  # 500 with JSON says which part is ill
        if 300 <= status < 400:
            target = urlsplit(answer.headers.get("location", ""))
            raise MinberError(
                "MB406", path=path, target=f"{target.scheme}://{target.netloc}{target.path}".removeprefix("://")
            )
        if path.endswith(_LOGIN) and status >= 400:
            if "json" in answer.headers.get("content-type", "") and status < 500:
                raise MinberError("MB402", user=self._user)
            raise html_instead(answer)  # another program, or a page of Doccano instead of its base URL
        if status in (401, 403) and "credentials were not provided" in _detail(answer):
            raise MinberError("MB445", path, user=self._user)
        if status in (401, 403):
            raise MinberError("MB407", path, user=self._user, detail=_detail(answer))
        if status >= 400:
            raise MinberError("MB404", method=request.method, path=path, status=status, detail=_detail(answer))
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        expected = ["application/json"]
        if path.endswith("/fp/process/"):
            expected.append("text/plain")
        if path.endswith("/download"):
            expected += ["application/zip", "application/x-zip-compressed", "application/octet-stream"]
        if answer.content and kind not in expected:
            raise html_instead(answer)


def html_instead(answer: requests.Response) -> MinberError:
    """The error for an answer that is no answer of Doccano's interface."""
    kind = answer.headers.get("content-type", "").split(";")[0] or "no content type"
    content = "an HTML page" if kind == "text/html" else f"content of type {kind}"
    return MinberError("MB405", path=urlsplit(str(answer.request.url)).path, content=content)


def _detail(answer: requests.Response) -> str:
    """What the server says, in a line; an HTML error page says nothing to a user."""
    if "html" in answer.headers.get("content-type", ""):
        return "an HTML error page"
    try:
        said = answer.json()
    except ValueError:
        return short(answer.text)
    return short(said.get("detail", said) if isinstance(said, dict) else said)


def _reason(error: BaseException) -> str:
    """The innermost cause of a failed connection, without the wrapping of three libraries."""
    text = str(error)
    for known in (
        "Connection refused",
        "Name or service not known",
        "No route to host",
        "Remote end closed connection",
        "Connection reset",
        "Connection broken",
        "timed out",
        "certificate verify failed",
    ):
        if known in text:
            return known
    return short(text.rsplit(": ", 1)[-1].strip("()'\" "))


def short(value: object) -> str:
    """What the server says, in a line of at most 300 letters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:299] + "…"
