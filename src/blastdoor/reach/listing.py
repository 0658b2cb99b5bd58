"""The edges of one language, as somebody who knows another tool for it would list them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from blastdoor.errors import InputError
from blastdoor.reach.facts import FileFacts
from blastdoor.reach.golang import Go
from blastdoor.reach.graph import PART, Edge, Graph
from blastdoor.reach.languages import PLAIN, language_of
from blastdoor.reach.paths import folder_of
from blastdoor.reach.tree import Tree

_ALIASES: Mapping[str, frozenset[str]] = {
    **{name: frozenset({name}) for name in PLAIN.values()},
    **{
        name: frozenset({name})
        for name in ("python", "javascript", "go", "terraform", "dockerfile", "compose")
    },
    **dict.fromkeys(("typescript", "js", "ts"), frozenset({"javascript"})),
    **dict.fromkeys(("kubernetes", "k8s", "helm", "kustomize", "yaml"), frozenset({"yaml"})),
    **dict.fromkeys(("workflow", "workflows", "github-actions"), frozenset({"workflow"})),
    **dict.fromkeys(("opentofu", "hcl"), frozenset({"terraform"})),
    **dict.fromkeys(("docker",), frozenset({"dockerfile"})),
    **dict.fromkeys(("golang",), frozenset({"go"})),
}
#: Edges that no statement makes: they follow from others, stand in comments and strings, or hold for tests.
_UNWRITTEN = frozenset(
    {
        PART,
        "package",
        "text",
        "call",
        "sibling",
        "test",
        "tagged",
        "version",
        "dependency",
        "table",
        "migration",
    }
)


class Listed(NamedTuple):
    """An edge in the words of its language."""

    source: str
    target: str
    kind: str
    line: int
    confidence: str


def listed_edges(
    graph: Graph, paths: frozenset[str], facts: Mapping[str, FileFacts], language: str | None, *, every: bool
) -> Iterator[Listed]:
    """The edges of a language (None: all), in order. `every`: those too that no statement makes.

    Go's are between packages by their import paths, Terraform's modules are folders, all else are files.
    InputError if there is no such language.
    """
    if language is not None and language.lower() not in _ALIASES:
        names = ", ".join(sorted(_ALIASES))
        raise InputError(f"no reader for the language {language[:40]!r}", hint=f"one of: {names}")
    wanted = None if language is None else _ALIASES[language.lower()]
    go = Go(Tree(paths, {path: (one,) for path, one in facts.items()}))
    seen: set[Listed] = set()
    for edge in graph.edges:
        if not every and (edge.kind in _UNWRITTEN or edge.source.endswith("_test.go")):
            continue
        language_here = language_of(edge.source) if edge.source in paths else None
        if wanted is not None and language_here not in wanted and not _is_part(edge, wanted):
            continue
        between = language_here == "go" and not every
        one = _between_packages(edge, go) if between else _listed(edge, every=every)
        if one is not None and one not in seen:
            seen.add(one)
            yield one


def _is_part(edge: Edge, wanted: frozenset[str]) -> bool:
    """Whether an edge from what is no file belongs to a language: a block of Terraform, a folder of files."""
    if edge.kind in {"module", "reference", "state"}:
        return "terraform" in wanted
    return edge.source.endswith(("/", "/**")) and language_of(edge.target) in wanted


def _listed(edge: Edge, *, every: bool) -> Listed:
    if edge.kind == "module" and not every:
        # The block that calls is named after its file's folder.
        return Listed(
            folder_of(edge.source) or ".", edge.target.rstrip("/") or ".", edge.kind, 0, edge.confidence
        )
    source, target = (end.rstrip("/") or "." for end in edge[:2])
    return Listed(source, target, edge.kind, edge.line, edge.confidence)


def _between_packages(edge: Edge, go: Go) -> Listed | None:
    source = go.name_of(folder_of(edge.source))
    target = go.name_of(edge.target.rstrip("/")) if edge.target.endswith("/") else edge.target
    if not source or not target or source == target:
        return None
    return Listed(source, target, edge.kind, 0, edge.confidence)
