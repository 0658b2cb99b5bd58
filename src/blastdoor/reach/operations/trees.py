"""What readers of JSON and YAML from elsewhere share: looking into trees, and refusing odd ones."""

from typing import Any


class Refused(Exception):  # noqa: N818 - not an error: a file that is not read, and why
    """The file is not read; the message says why."""


def at_path(tree: Any, *path: str) -> Any:
    """The value below the keys of the path; None where there is none."""
    for key in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(key)
    return tree


def mapping_of(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def children_of(node: Any) -> list[Any]:
    """What stands directly in a mapping or a list."""
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON (for `object_pairs_hook`). Refused if a key stands in it twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("a key stands twice in one object")
    return found


def no_constant(name: str) -> Any:
    """Refused: `NaN` and the like (for `parse_constant`)."""
    raise Refused(f"{name} is no JSON")


def shortened(text: str, limit: int) -> str:
    """A text of at most `limit` characters that every format can write down."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    # JSON can spell halves of characters, which no other format can write down again.
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")
