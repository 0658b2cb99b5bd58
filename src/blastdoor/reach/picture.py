"""The way from a change to the services, as a picture: SVG, with nothing in it that runs or is fetched.

Columns are distances, from the changed files on the left to the services on the right. Beyond thirty nodes,
those of one column and one folder are drawn as one.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from blastdoor.model import Reach

_MOST = 30
_WIDE, _HIGH, _GAP_X, _GAP_Y, _EDGE = 230, 30, 70, 14, 24
_LETTERS = 31
_COLOURS = {
    "critical": "#b3261e",
    "high": "#b86e00",
    "medium": "#3b6ea5",
    "low": "#3d7a4a",
    "none": "#3d7a4a",
}
_PAPER, _INK, _LINE, _FAINT = "#ffffff", "#1c1c1c", "#8a8a8a", "#f2f2f2"


def draw(reach: Reach) -> str:
    """A picture of a reach: the shortest way to each service, and to what set the level."""
    ways = [service.path for service in reach.services]
    ways += [hit.witness for hit in reach.rules if hit.witness and hit.level == reach.level]
    tiers = {service.name: service.tier for service in reach.services}
    columns, edges, words = _arranged(
        ways or [(hit.witness or ("nothing changes",)) for hit in reach.rules[:1]]
    )
    return _svg(columns, edges, words, tiers, reach)


_Node = tuple[int, str]


def _arranged(
    ways: Sequence[Sequence[str]],
) -> tuple[list[list[_Node]], list[tuple[_Node, _Node]], Mapping[_Node, str]]:
    """Nodes by column, edges, and what stands on each node."""
    column: dict[str, int] = {}
    pairs: dict[tuple[str, str], None] = {}
    for way in ways:
        for place, name in enumerate(way):
            column[name] = max(column.get(name, 0), place)
        pairs |= dict.fromkeys(pairwise(way))
    group = _grouped(column)
    members: dict[_Node, list[str]] = {}
    for name in sorted(column):
        members.setdefault(group[name], []).append(name)
    edges = dict.fromkeys((group[one], group[other]) for one, other in pairs)
    columns: dict[int, list[_Node]] = {}
    for node in members:
        columns.setdefault(node[0], []).append(node)
    words = {
        node: names[0] if len(names) == 1 else f"{node[1]} ({len(names)})" for node, names in members.items()
    }
    ordered = [columns[place] for place in sorted(columns)]
    return _untangled(ordered, list(edges)), [one for one in edges if one[0] != one[1]], words


def _grouped(column: Mapping[str, int]) -> dict[str, _Node]:
    """Each name's node: itself while there is room, else its folder's, by ever shorter paths."""
    for depth in (99, 4, 3, 2, 1, 0):
        group = {
            name: (place, name if depth == 99 else _short(name, depth)) for name, place in column.items()
        }
        if len(set(group.values())) <= _MOST:
            return group
    return group


def _short(name: str, depth: int) -> str:
    parts = name.split("/")
    return "/".join(parts[:depth]) + "/" if len(parts) > depth else name if depth else "others"


def _untangled(columns: list[list[_Node]], edges: Sequence[tuple[_Node, _Node]]) -> list[list[_Node]]:
    """Columns ordered by where their neighbours stand, a few times to and fro, so that few lines cross."""
    before: dict[_Node, list[_Node]] = {}
    for one, other in edges:
        before.setdefault(other, []).append(one)
        before.setdefault(one, []).append(other)
    for _ in range(4):
        place = {node: number / len(nodes) for nodes in columns for number, node in enumerate(nodes)}
        columns = [
            sorted(
                nodes,
                key=lambda node: (_mean([place[near] for near in before.get(node, ())], place[node]), node),
            )
            for nodes in columns
        ]
    return columns


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _svg(
    columns: list[list[_Node]],
    edges: Sequence[tuple[_Node, _Node]],
    words: Mapping[_Node, str],
    tiers: Mapping[str, int],
    reach: Reach,
) -> str:
    most = max((len(nodes) for nodes in columns), default=1)
    width = _EDGE * 2 + len(columns) * _WIDE + max(len(columns) - 1, 0) * _GAP_X
    height = _EDGE * 2 + 40 + most * (_HIGH + _GAP_Y)
    place: dict[_Node, tuple[int, int]] = {}
    for x, nodes in enumerate(columns):
        top = 40 + _EDGE + (most - len(nodes)) * (_HIGH + _GAP_Y) // 2
        for y, node in enumerate(nodes):
            place[node] = (_EDGE + x * (_WIDE + _GAP_X), top + y * (_HIGH + _GAP_Y))
    title = f"reach {reach.level}: {len(reach.services)} services, {reach.files.reached} files"
    wide = max(width, 480)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {height}" width="{wide}" height="{height}"',
        f'font-family="system-ui, sans-serif" font-size="12" role="img" aria-label={quoteattr(title)}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        f'<text x="{_EDGE}" y="30" font-size="16" font-weight="600" fill="{_COLOURS[reach.level]}">{escape(title)}</text>',
        *_lines(edges, place),
        *(
            line
            for node in place
            for line in _box(place[node], words[node], tiers.get(words[node]), node[0] == 0)
        ),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _lines(edges: Sequence[tuple[_Node, _Node]], place: Mapping[_Node, tuple[int, int]]) -> Iterator[str]:
    for one, other in edges:
        x1, y1 = place[one][0] + _WIDE, place[one][1] + _HIGH // 2
        x2, y2 = place[other][0], place[other][1] + _HIGH // 2
        bend = max((x2 - x1) // 2, 20)
        yield (
            f'<path d="M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 5} {y2}" fill="none" stroke="{_LINE}"/>'
            f'<path d="M{x2 - 7} {y2 - 4} L{x2} {y2} L{x2 - 7} {y2 + 4} Z" fill="{_LINE}"/>'
        )


def _box(at: tuple[int, int], words: str, tier: int | None, is_change: bool) -> Iterator[str]:
    x, y = at
    is_service = tier is not None
    stroke = (
        _COLOURS["critical"]
        if is_service and tier is not None and tier <= 1
        else _INK
        if is_change or is_service
        else _LINE
    )
    fill = "#fdf3e1" if is_change else "#e8eff7" if is_service else _FAINT
    label = f"{words} (tier {tier})" if is_service else words
    shown = label if len(label) <= _LETTERS else "..." + label[-(_LETTERS - 3) :]
    yield (
        f'<g><title>{escape(label)}</title><rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="5" '
        f'fill="{fill}" stroke="{stroke}"/>'
        f'<text x="{x + 10}" y="{y + 19}" fill="{_INK}">{escape(_printable(shown))}</text></g>'
    )


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
