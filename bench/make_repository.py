"""Make the repository that the benchmark measures on, once, and print where it is.

    python bench/make_repository.py [--into DIR] [--files N] [--commits N] [--seed N]

It has no working tree; `main` is its branch, `feature` ten commits beside it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Run as a script, Python looks for modules in bench/ alone.
sys.path.insert(0, str(ROOT))

from bench.synthetic import Size, write_history, write_notes  # noqa: E402 - the path is set above

#: Counted up whenever the same parameters give other commits, so that a kept repository is not mistaken.
VERSION = 3
#: So many commits have a note.
NOTES = 10_000
DEFAULT = Size(files=5_200, commits=50_500)
_ENVIRONMENT = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def repository(size: Size, cache: Path) -> Path:
    """The repository of this size in the cache directory; made if it is not there."""
    name = f"repository-{VERSION}"
    if size != DEFAULT:
        name += f"-{size.files}-{size.commits}-{size.persons}-{size.seed}"
    place = cache / name
    if not place.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as making:
            made = Path(making) / name
            _make(made, size)
            # Only a finished repository ever stands under the name.
            made.rename(place)
    return place


def _make(place: Path, size: Size) -> None:
    _git("init", "--quiet", "--initial-branch=main", str(place))
    command = ["git", "-C", str(place), "-c", "fastimport.unpackLimit=0", "-c", "core.compression=1"]
    importer = subprocess.Popen(
        [*command, "fast-import", "--quiet", "--force", "--active-branches=12"],
        stdin=subprocess.PIPE,
        env=_ENVIRONMENT,
    )
    assert importer.stdin is not None
    with importer.stdin as sink:
        write_history(sink, size, _progress(size.commits))
    if importer.wait() != 0:
        raise SystemExit(f"git fast-import ended with {importer.returncode}; its own message is above")
    _add_notes(place)
    _git("-C", str(place), "repack", "-a", "-d", "-f", "-q", "--window=5")


def _add_notes(place: Path) -> None:
    """A note of git-ai's form on each of the newest commits of main, up to 10,000."""
    words = ["git", "-C", str(place), "rev-list", f"--max-count={NOTES}", "main"]
    listed = subprocess.run(words, check=True, capture_output=True, text=True, env=_ENVIRONMENT)
    command = ["git", "-C", str(place), "-c", "fastimport.unpackLimit=0", "-c", "core.compression=1"]
    importer = subprocess.Popen([*command, "fast-import", "--quiet"], stdin=subprocess.PIPE, env=_ENVIRONMENT)
    assert importer.stdin is not None
    with importer.stdin as sink:
        write_notes(sink, listed.stdout.split())
    if importer.wait() != 0:
        raise SystemExit(f"git fast-import ended with {importer.returncode}; its own message is above")


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, env=_ENVIRONMENT)


def _progress(total: int) -> Callable[[int], None]:
    """A line on standard error that counts, where a person looks on."""
    if not sys.stderr.isatty():
        return lambda _made: None

    def show(made: int) -> None:
        if made % 500 == 0 or made == total:
            end = "\n" if made == total else ""
            print(f"\rmaking the repository: {made} of {total} commits", end=end, file=sys.stderr, flush=True)

    return show


def main() -> None:
    """Read the arguments; make; print the place."""
    parser = argparse.ArgumentParser(description="Make the repository that the benchmark measures on.")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "bench", help="the cache directory")
    parser.add_argument("--files", type=int, default=DEFAULT.files)
    parser.add_argument("--commits", type=int, default=DEFAULT.commits)
    parser.add_argument("--seed", type=int, default=DEFAULT.seed)
    given = parser.parse_args()
    size = Size(files=given.files, commits=given.commits, seed=given.seed)
    if size.files < 100 or size.commits < 200:
        parser.error("the smallest has 100 files and 200 commits")
    print(repository(size, given.into.resolve()))


if __name__ == "__main__":
    main()
