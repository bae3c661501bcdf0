"""The token that a request must carry: where it comes from, and where it never goes (argv, logs, messages)."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from pathlib import Path

from schemas.errors import MinberError

TOKEN_VARIABLE = "MINBER_SERVICE_TOKEN"  # noqa: S105 -- a name, not a token
FEWEST_LETTERS = 16


class Token:
    """A secret that shows itself to nobody.

    Parameters:
        value: at least 16 printable ASCII letters without blanks.
        place: where it stands, for messages.

    Raises:
        MinberError: MB461 it cannot be used.

    Example:
        >>> token = Token("correct-horse-battery")
        >>> token.fits("Bearer correct-horse-battery"), token.fits("Bearer wrong"), token
        (True, False, Token(***))
    """

    def __init__(self, value: str, place: str = TOKEN_VARIABLE) -> None:
        if len(value) < FEWEST_LETTERS:
            raise MinberError("MB461", place, problem=f"it has fewer than {FEWEST_LETTERS} letters")
        if not all("!" <= letter <= "~" for letter in value):
            raise MinberError("MB461", place, problem="it holds blanks or letters beyond ASCII")
        self._header = f"Bearer {value}"

    def __repr__(self) -> str:
        return "Token(***)"

    @property
    def header(self) -> str:
        """Value of the header ``Authorization``."""
        return self._header

    def fits(self, header: str | None) -> bool:
        """Whether a header carries this token; takes the same time wherever they differ."""
        return hmac.compare_digest((header or "").encode("utf-8", "replace"), self._header.encode())


def token_file() -> Path:
    """Where the token lies if nobody gave another: in the user's data folder, for a corpus is shared."""
    folder = os.environ.get("MINBER_CACHE") or os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return Path(folder).absolute() / "minber" / "service-token"


def find_token(file: Path | None = None, make: bool = False, given_only: bool = False) -> Token:
    """Read the token: from a file that was named, else from ``MINBER_SERVICE_TOKEN``, else from the user's own file.

    Parameters:
        file: only its owner may be able to read it.
        make: write the user's own file if there is none.
        given_only: do without the user's own file.

    Returns:
        the token.

    Raises:
        MinberError: MB460 there is none; MB461 it cannot be used.
    """
    if file is None and os.environ.get(TOKEN_VARIABLE):
        return Token(os.environ[TOKEN_VARIABLE].strip())
    if file is None:
        file = token_file()
        if given_only:
            raise MinberError("MB460", variable=TOKEN_VARIABLE)
        if not file.exists():
            if not make:
                raise MinberError("MB460", variable=TOKEN_VARIABLE)
            _write(file)
    try:
        if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise MinberError("MB461", str(file), problem="others may read this file (chmod 600)")
        return Token(file.read_text(encoding="utf-8").strip(), str(file))
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
        raise MinberError("MB461", str(file), problem=problem) from None


def _write(file: Path) -> None:
    """Make a token; of two processes that do so at once, both use that of the first."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(32) + "\n")
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    except OSError as error:
        raise MinberError("MB461", str(file), problem=error.strerror or str(error)) from error
