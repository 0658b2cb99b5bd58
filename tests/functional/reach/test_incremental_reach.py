"""A process that measures one change after another answers as one that measures each alone."""

from pathlib import Path

import msgspec
import pytest

from blastdoor.flows.reach import Inputs, measure_range, read_described
from blastdoor.wiring import open_world
from functional.reach.ground import Ground

_LOCATION = """kind: Location
metadata: {name: all}
spec: {targets: [TARGET]}
"""
_SERVICE = """kind: Component
metadata: {name: shop, annotations: {blastdoor.dev/tier: "0"}}
spec: {type: service}
"""


def _commit(ground: Ground, files: dict[str, str]) -> str:
    ground.change(files)
    return ground.git("rev-parse", "HEAD").strip()


@pytest.mark.parametrize("target", ["./more/shop.yaml", "./more/*.yaml"])
def test_what_a_location_names_one_day_is_seen_though_the_catalogue_is_the_same(
    tmp_path: Path, target: str
) -> None:
    ground = Ground(tmp_path, {"catalog-info.yaml": _LOCATION.replace("TARGET", target), "a.py": ""})
    before = ground.git("rev-parse", "HEAD").strip()
    after = _commit(ground, {"more/shop.yaml": _SERVICE})
    with open_world(str(ground.git.folder), str(tmp_path / "kept")) as local:
        empty, full = (read_described(local.world, commit)[0] for commit in (before, after))
    assert empty is not None
    assert not empty.entities
    assert full is not None
    assert [one.name for one in full.entities.values()] == ["shop"]


def test_changes_one_after_another_have_the_reach_that_each_has_alone(tmp_path: Path) -> None:
    ground = Ground(tmp_path, {"catalog-info.yaml": _SERVICE, "p/b.py": "", "q/c.py": "import b\n"})
    steps: list[dict[str, str]] = [
        {"p/b.py": "x = 1\n"},
        {"p/__init__.py": ""},
        {"q/c.py": "import p.b\n"},
        {"catalog-info.yaml": _SERVICE.replace('"0"', '"3"')},
        {"CODEOWNERS": "* @shop/all\n"},
        {"p/b.py": "x = 2\n"},
    ]
    ranges = [f"{commit}^..{commit}" for commit in [_commit(ground, step) for step in steps]]
    ranges += reversed(ranges)
    with open_world(str(ground.git.folder), str(tmp_path / "kept")) as local:
        kept = [_told(measure_range(local.world, one, Inputs.read()).reach) for one in ranges]
    alone = []
    for number, one in enumerate(ranges):
        with open_world(str(ground.git.folder), str(tmp_path / f"fresh{number}")) as local:
            alone.append(_told(measure_range(local.world, one, Inputs.read()).reach))
    assert kept == alone
    assert len(set(alone)) > 3


def _told(reach: object) -> bytes:
    return msgspec.json.encode(reach)
