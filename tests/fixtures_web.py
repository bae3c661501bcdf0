"""A web site on this machine whose pages a test writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes | list[bytes]]
"""Status, headers and body; a list is sent piece by piece, a tenth of a second apart."""


class Site:
    """A real server: path → (status, headers, body), or a function that gives that.

    It answers 304 to who has a page already, by ETag or Last-Modified, as servers do.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[], Answer]] = {}
        self.asked: list[tuple[str, float]] = []
        self.answers: list[tuple[str, int]] = []
        self.agents: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, time.monotonic()))
                site.agents.add(self.headers.get("User-Agent", ""))
                page = site.pages.get(self.path, (404, {}, b"not found"))
                status, headers, body = page() if callable(page) else page
                had = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
                if any(self.headers.get(asked) == headers.get(name, "") for asked, name in had):
                    status, body = 304, b""
                site.answers.append((self.path, status))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):  # the client may have read enough
                    for piece in [body] if isinstance(body, bytes) else body:
                        self.wfile.write(piece)
                        self.wfile.flush()
                        time.sleep(0.0 if isinstance(body, bytes) else 0.1)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
