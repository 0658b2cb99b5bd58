"""`blastdoor reach graph`."""

import click

from blastdoor.cli.options import repository_options
from blastdoor.cli.text import plain


@click.command("graph")
@click.option("--language", metavar="L", help="Only this language's edges. [default: all]")
@click.option("--revision", metavar="REV", default="HEAD", show_default=True, help="Whose tree.")
@click.option("--all", "every", is_flag=True, help="Also edges that no statement makes, and those of tests.")
@repository_options
@click.option("--json", "as_json", is_flag=True, help="JSON Lines on standard output.")
def command(
    language: str | None, revision: str, every: bool, repo: str, state: str | None, as_json: bool
) -> int:
    """What depends on what in a commit's tree, an edge a line, by paths relative to the repository.

    Go's edges are between packages, by their import paths.
    """
    import msgspec  # noqa: PLC0415 - a command pays for what it uses

    from blastdoor.cli.patience import patience  # noqa: PLC0415
    from blastdoor.flows.reach import list_edges  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    with patience("reading the tree"), open_world(repo, state) as local:
        edges = list_edges(local.world, revision, language, every=every)
    for edge in edges:
        if as_json:
            told: dict[str, str | int] = {"from": edge.source, "to": edge.target, "kind": edge.kind}
            if edge.line:
                told["line"] = edge.line
            if edge.confidence != "high":
                told["confidence"] = edge.confidence
            click.echo(msgspec.json.encode(told).decode("utf-8"))
        else:
            click.echo(f"{plain(edge.source)} -> {plain(edge.target)} ({edge.kind})")
    return 0
