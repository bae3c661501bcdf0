"""No figure may fall under its floor."""

import pytest

from tests.quality.gate import MEASURES, digest, read_floors

pytestmark = pytest.mark.quality


@pytest.mark.parametrize("name", MEASURES)
def test_figures_are_over_their_floors(name):
    measure, path = MEASURES[name]
    if not path.exists():
        pytest.skip(f"no gold file at {path} (set MINBER_SHARED)")
    floor = read_floors()[name]
    assert floor["gold"] == digest(path), "the gold file is another one: measure again, then update the floors"
    got = measure(path)
    for figure, least in floor["floors"].items():
        assert got[figure] >= least, f"{name} {figure}: {got[figure]} is under the floor {least}"
