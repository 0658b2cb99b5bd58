"""Each way out leads out."""

from pathlib import Path

import pytest

from shopfloor import AI, Shop, a_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


@pytest.mark.promise(9)
def test_promise_9_taking_the_steps_of_an_opening_opens(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}", ".github/workflows/ci.yml", "on: push\n")
    (opening,) = shop.check()["openings"]
    spoken: list[str] = []
    for step in opening["steps"]:
        assert shop.check()["verdict"] == "hold"
        chosen = [id_ for id_ in step["of"] if id_ not in spoken][: step["count"]]
        shop.yes(*chosen)
        spoken += chosen
    assert shop.check()["verdict"] == "pass"
