"""Trees of files as texts, for tests of the graph."""

from collections.abc import Mapping

from blastdoor.reach import Graph, build, extract, language_of


def graph_of(files: Mapping[str, str], **options: object) -> Graph:
    """The graph of a tree of texts."""
    facts = {
        path: extract(language, text.encode())
        for path, text in files.items()
        if (language := language_of(path)) is not None
    }
    return build(facts, list(files), **options)  # type: ignore[arg-type]  # passed through


def edges_from(files: Mapping[str, str], source: str) -> set[str]:
    """What one file depends on."""
    return {edge.target for edge in graph_of(files).edges if edge.source == source}
