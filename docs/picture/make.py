"""Draws `check.svg`, the picture in the README, from a real check in the demo's shop."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from blastdoor.cli.verdict import draw
from blastdoor.flows import decide_again, read_bundle

COMMAND = [sys.executable, "-m", "blastdoor"]


def main() -> None:
    """Play the demo, add a commit that nobody approved, and draw what `check` says."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*COMMAND, "demo", "--into", f"{folder}/demo"], check=True, capture_output=True)
        shop, bundle = f"{folder}/demo/shop", Path(folder, "case.json")
        for apr in _approvals(shop)[:1]:
            subprocess.run(["git", "-C", shop, "update-ref", "-d", apr], check=True)
        # It holds now, with status 10, since one of the two approvals is gone.
        words = [*COMMAND, "check", "--repo", shop, "--bundle", str(bundle)]
        subprocess.run(words, check=False, capture_output=True)
        read = read_bundle(bundle.read_bytes(), "case.json")
    with open("/dev/null", "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device, not a file
        console = Console(record=True, width=118, file=nowhere, force_terminal=True, highlight=False)
        console.print("[bold]$ blastdoor check[/bold]")
        draw(decide_again(read), read.names, console)
        svg = console.export_svg(title="blastdoor check")
    # No font from elsewhere and no word of who drew it: the picture stands by itself.
    svg = re.sub(r"@font-face \{[^}]*\}|<!--.*?-->", "", svg, flags=re.DOTALL)
    lines = (line.rstrip() for line in svg.splitlines())
    Path(__file__).with_name("check.svg").write_text(
        "\n".join(line for line in lines if line) + "\n", "utf-8"
    )


def _approvals(shop: str) -> list[str]:
    words = ["git", "-C", shop, "for-each-ref", "--format=%(refname)", "refs/blastdoor/approvals"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()


if __name__ == "__main__":
    main()
