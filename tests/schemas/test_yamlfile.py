from __future__ import annotations

import pytest
import yaml

from schemas import MinberError
from schemas.datafile import FAST
from schemas.yamlfile import load_yaml


@pytest.mark.parametrize(
    ("opening", "depth"),
    [*((opening, depth) for opening in ("[", "{", "- ", "? ", "- [") for depth in (100, 9_000)), ("[", 100_000)],
)
def test_no_nesting_overflows_the_stack(opening: str, depth: int) -> None:
    with pytest.raises(MinberError) as error:
        load_yaml(opening * depth + "]", "x.yaml")  # never valid
    assert error.value.code == "MB004"


@pytest.mark.parametrize("source", ["? [a, b]\n: 1\n", "{{a: 1}: 2}"])
def test_a_key_is_plain_text(source: str) -> None:
    with pytest.raises(MinberError, match="MB004"):
        load_yaml(source, "x.yaml")


def test_fast_and_slow_parser_agree() -> None:
    from importlib.resources import files

    source = (files("schemas") / "data" / "codebooks" / "reforms.yaml").read_text(encoding="utf-8")
    assert load_yaml(source, "x")[0] == yaml.safe_load(source)
    assert FAST is getattr(yaml, "CSafeLoader", yaml.SafeLoader)
