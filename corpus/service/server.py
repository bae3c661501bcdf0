"""Running the recommender: where it listens, how it says that it is ready, how it stops."""

from __future__ import annotations

import ipaddress
import logging
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from corpus.service.app import make_app
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.service.labelling import Labeller
    from corpus.service.token import Token

DEFAULT_PORT = 8765
STOP_SECONDS = 10
"""How long requests under way may take once the service was told to stop."""
_CONNECTIONS = 128


def is_loopback(host: str) -> bool:
    """Whether an address is reachable from this machine only.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
        (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Take an address, before anything slow is done.

    Parameters:
        host: name or number; ``127.0.0.1`` for this machine only.
        port: 0: any free one.

    Returns:
        a listening socket.

    Raises:
        MinberError: MB462 the address cannot be had.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=_CONNECTIONS)
    except OSError as error:
        raise MinberError("MB462", address=f"{host}:{port}", problem=error.strerror or str(error)) from error
    # else every answer waits 40 ms for an acknowledgement: asyncio does not see to it on sockets made so
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket) -> str:
    """The base URL of a listening socket, as seen from this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(listening: socket.socket, labeller: Labeller, token: Token, ready: Callable[[], None], quiet: bool) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are finished first.

    Parameters:
        listening: of ``listen``.
        labeller, token: as in ``make_app``.
        ready: called when requests are answered.
        quiet: no access log.
    """
    logger = logging.getLogger("minber.service")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger.addHandler(handler)
    logger.setLevel(logging.ERROR if quiet else logging.INFO)
    logger.propagate = False

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

    config = uvicorn.Config(
        make_app(labeller, token),
        log_level="critical",  # its own errors may quote what was sent
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again once it has stopped
    Server(config).run([listening])
    logger.info("stopped")
