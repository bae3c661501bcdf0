"""Signing in to the server of a corpus: where the password comes from, and where it never goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from corpus.doccano import server
from corpus.doccano.client import Client
from schemas.errors import MinberError

if TYPE_CHECKING:
    from corpus.store import Corpus

PASSWORD_VARIABLE = "MINBER_DOCCANO_PASSWORD"  # noqa: S105 -- a name, not a password


def connect(corpus: Corpus, ask: Callable[[str], str] | None = None) -> Client:
    """Sign in to the server that ``minber.toml`` names.

    The password comes from ``MINBER_DOCCANO_PASSWORD``; for the local server that Minber runs, from its own file; else
    it is asked for. It is used once and kept nowhere.

    Parameters:
        corpus: its settings name server and user.
        ask: asks a person, given a question; None where nobody can be asked.

    Returns:
        a client, signed in.

    Raises:
        MinberError: MB409 no password is known; otherwise as ``Client``.
    """
    settings = corpus.settings.doccano
    password = os.environ.get(PASSWORD_VARIABLE) or server.local_password(settings.url, settings.username)
    if not password and ask is not None:
        password = ask(f"Password of {settings.username} at {settings.url}")
    if not password:
        raise MinberError("MB409", user=settings.username, url=settings.url)
    ca = str(corpus.path / settings.ca) if settings.ca else None
    return Client(settings.url, settings.username, password, ca)
