"""A real git in a folder of a test's own, with nothing of the machine's settings."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-03-01T09:00:00Z",
    "GIT_COMMITTER_DATE": "2026-03-01T09:00:00Z",
}


class RealGit:
    """The git program in one folder; `who` is `Name <mail>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *words: str | bytes | Path,
        who: str = "A. Author <author@shop.example>",
        stdin: bytes = b"",
        ok: bool = True,
    ) -> str:
        """Run git; gives what it printed."""
        name, _, mail = who.rstrip(">").partition(" <")
        identity = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", name), ("EMAIL", mail))
        }
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=ENVIRONMENT | identity,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0 or not ok, done.stderr.decode(errors="replace")
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(
        self, message: str = "change", files: Mapping[str, str | None] | None = None, **fields: str
    ) -> str:
        """Write files (None removes) and commit; gives the commit id."""
        for path, text in (files or {}).items():
            place = self.folder / path
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "-m", message, **fields)  # type: ignore[arg-type]
        return self("rev-parse", "HEAD")


def a_repository(folder: Path, *options: str) -> RealGit:
    """An empty repository whose branch is main."""
    folder.mkdir(parents=True, exist_ok=True)
    git = RealGit(folder)
    git("init", "--quiet", "--initial-branch=main", *options)
    return git
