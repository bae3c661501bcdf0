"""Fixtures for every room: the reference texts that stand beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests import examples  # noqa: F401 -- registers the profiles
from tests.fixtures_doccano import browser, doccano_client, doccano_server  # noqa: F401 -- fixtures of every folder

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MINBER_SHARED") or ROOT.parent / "shared")


def pytest_configure(config: pytest.Config) -> None:
    """Whoever leaves out slow tests wants an answer soon: properties are tried on fewer examples (`tests.examples`)."""
    settings.load_profile("quick" if "not slow" in (config.option.markexpr or "") else "all")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference texts; many have no licence to be copied here, so tests read them where they are."""
    if not SHARED.is_dir():
        pytest.skip(f"no reference texts at {SHARED} (set MINBER_SHARED)")
    return SHARED


@pytest.fixture
def seed_page(shared: Path) -> Path:
    """A Kazakh news page as plain text, with furniture, four quotations and a recap."""
    return next((shared / "data" / "seed_stan_kz").glob("*.txt"))
