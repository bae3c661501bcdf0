from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

from corpus.ingest.formats.package import media_type_of
from corpus.ingest.reading import Raw, Reading
from corpus.ingest.registry import choose


@pytest.fixture
def read() -> Callable[..., Reading]:
    """Read bytes with the reader that fits them and return the only document."""

    def run(data: bytes, name: str = "", media_type: str | None = None) -> Reading:
        raw = Raw(f"file:///{name or 'nameless'}", name, data, dt.datetime.now(dt.UTC), media_type)
        reader = choose(raw, media_type_of(io.BytesIO(data)))
        assert reader.read is not None
        [reading] = reader.read(raw)
        return reading

    return run


@pytest.fixture
def packed() -> Callable[[Mapping[str, str | bytes]], bytes]:
    """Pack members into a ZIP file, the first one stored as ODF and EPUB want it."""

    def run(members: Mapping[str, str | bytes]) -> bytes:
        with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as package:
            for number, (name, content) in enumerate(members.items()):
                package.writestr(name, content, zipfile.ZIP_STORED if number == 0 else zipfile.ZIP_DEFLATED)
        return made.getvalue()

    return run
