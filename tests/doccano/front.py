"""A proxy that stands between Minber and the real server and, when told to, does harm to what passes."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

Harm = Literal["cut before", "cut after", "cut midway", "500", "502", "html", "login page", "slow", "dripping"]
"""What can happen to a request: the connection ends before the server hears of it, after it did its work, or in the
middle of its answer; another answer comes instead; the answer comes late, or a letter at a time."""

Rule = Callable[[int, str, str], Harm | None]
"""Given number (from 1), method and path of a request: what happens to it."""


class Front:
    """The proxy; ``rule`` may be changed at any time.

    Parameters:
        target: base URL of the real server.
        keep_host: whether the server is told the address that was asked for; a proxy that does not, drops the port.
        certificate: PEM files of certificate and key, for HTTPS.
    """

    def __init__(self, target: str, keep_host: bool = True, certificate: tuple[str, str] | None = None) -> None:
        self.rule: Rule = lambda *_: None
        self.seen: list[tuple[str, str]] = []
        self.pause = 4.0
        self._lock = threading.Lock()
        self._web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler(target, keep_host))
        self._web.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._web.socket = context.wrap_socket(self._web.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._web.server_port}"
        threading.Thread(target=self._web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def heal(self) -> None:
        """Do no harm any more, and count from 1 again."""
        self.rule = lambda *_: None
        self.seen = []

    def close(self) -> None:
        self._web.shutdown()
        self._web.server_close()

    def _number(self, method: str, path: str) -> int:
        with self._lock:
            self.seen.append((method, path))
            return len(self.seen)

    def _handler(self, target: str, keep_host: bool) -> type[http.server.BaseHTTPRequestHandler]:
        front = self
        place = urlsplit(target)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                method, path = self.command, urlsplit(self.path).path
                harm = front.rule(front._number(method, path), method, path)
                if harm == "cut before":
                    self.cut()
                elif harm in ("500", "502"):
                    self.answer(int(harm), [("Content-Type", "text/html")], b"<html>Server Error</html>")
                elif harm == "html":
                    self.answer(200, [("Content-Type", "text/html; charset=utf-8")], b"<html>Please wait</html>")
                elif harm == "login page":
                    self.answer(302, [("Location", "https://sso.example.org/login?next=secret")], b"")
                else:
                    self.pass_on(body, harm)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_request  # noqa: N815

            def pass_on(self, body: bytes, harm: Harm | None) -> None:
                peer = http.client.HTTPConnection(place.hostname or "", place.port, timeout=90)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                if not keep_host:
                    headers["Host"] = "127.0.0.1"
                try:
                    peer.request(self.command, self.path, body, headers)
                    answer = peer.getresponse()
                    data = answer.read()
                except (OSError, http.client.HTTPException):  # the server was killed
                    self.cut()
                    return
                finally:
                    peer.close()
                if harm == "cut after":
                    self.cut()
                    return
                if harm == "slow":
                    time.sleep(front.pause)
                own = ("connection", "transfer-encoding", "content-length", "date", "server")
                kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in own]
                self.answer(answer.status, kept, data, harm)

            def answer(
                self, status: int, headers: list[tuple[str, str]], data: bytes, harm: Harm | None = None
            ) -> None:
                try:
                    self.send_response(status)
                    for name, value in headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    if harm == "cut midway":
                        self.wfile.write(data[: len(data) // 2])
                        self.cut()
                    elif harm == "dripping":
                        for letter in data:
                            self.wfile.write(bytes([letter]))
                            time.sleep(0.3)
                    else:
                        self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # who asked has gone

            def cut(self) -> None:
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # who asked was killed, or reset the connection
                    super().handle()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def once(number: int, harm: Harm) -> Rule:
    """Harm to the n-th request."""
    return lambda seen, *_: harm if seen == number else None


def from_then_on(number: int, harm: Harm) -> Rule:
    """Harm to the n-th request and to all after it."""
    return lambda seen, *_: harm if seen >= number else None


def at(method: str, ending: str, harm: Harm) -> Rule:
    """Harm to every request of a method whose path ends so."""
    return lambda _, asked, path: harm if asked == method and path.endswith(ending) else None


def doing(number: int, act: Callable[[], object]) -> Rule:
    """Do something of one's own before the n-th request is passed on unharmed."""

    def rule(seen: int, *_: str) -> Harm | None:
        if seen == number:
            act()
        return None

    return rule
