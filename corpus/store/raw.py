"""Raw bytes of sources, each under its SHA-256: written whole or not at all, checked when read."""

from __future__ import annotations

import gzip
import hashlib
import os
import uuid
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from schemas.errors import MinberError

_THREADS = 8


class RawStore:
    """Files ``ab/abcdef….gz`` in one folder.

    A file appears under its name by a rename after its bytes are on the disk, so a name that exists is a whole file. A
    writer that dies leaves at most a ``.tmp`` file, which nobody reads.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the bytes with this digest lie."""
        return self.folder / sha256[:2] / f"{sha256}.gz"

    def put_all(self, items: Iterable[tuple[bytes, str]]) -> None:
        """Keep several pieces of bytes, each as ``put`` does.

        In threads, as the time goes into waiting for the disk, which takes many requests at once: ten times faster.

        Parameters:
            items: bytes with their digests.
        """
        with ThreadPoolExecutor(_THREADS) as pool:
            for _ in pool.map(lambda item: self.put(*item), items):
                pass

    def put(self, data: bytes, sha256: str) -> None:
        """Keep bytes; a sound file that is there already stays as it is, a damaged one is replaced.

        Parameters:
            data: the bytes.
            sha256: their digest, 64 hexadecimal digits.

        Raises:
            ValueError: the digest is not that of the bytes.
            MinberError: MB202 where the disk refuses (full, read-only …).
        """
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(f"the bytes do not have the digest {sha256}")
        path = self.path(sha256)
        if path.exists() and self._read(path, sha256) is not None:
            return
        temporary = path.with_name(f"{sha256}.{uuid.uuid4().hex}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(gzip.compress(data, compresslevel=2, mtime=0))  # level 6: 12% smaller, 2.5 times the time
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            with suppress(OSError):  # what refused the file may refuse this too
                temporary.unlink()
            raise MinberError("MB202", str(path), problem=error.strerror or str(error)) from error

    def get(self, sha256: str) -> bytes:
        """Read bytes back.

        Parameters:
            sha256: their digest.

        Returns:
            the bytes, checked against the digest.

        Raises:
            MinberError: MB201 where they are missing or damaged.
        """
        path = self.path(sha256)
        data = self._read(path, sha256)
        if data is None:
            raise MinberError("MB201", str(path), problem="damaged" if path.exists() else "missing", sha256=sha256)
        return data

    @staticmethod
    def _read(path: Path, sha256: str) -> bytes | None:
        try:
            data = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, zlib.error):  # BadGzipFile is an OSError
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None


def _sync_folder(folder: Path) -> None:
    """Put the rename itself on the disk, where the system allows it (Windows does not open folders)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
