"""A small shop with people, keys and rules, and the command as its users run it."""

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from blastdoor.cli.main import main
from builders import POLICY, private_key, public_key
from realgit import ENVIRONMENT, RealGit, a_repository

PEOPLE = {
    "p_author": "engineer",
    "p_peer": "engineer",
    "p_other": "engineer",
    "p_senior": "senior",
    "p_elder": "senior",
    "p_junior": "junior",
}
AI = "Co-Authored-By: Claude <noreply@anthropic.com>"


def mail(id_: str) -> str:
    """The mailbox of a person or agent."""
    return f"{id_.partition('_')[2]}@shop.example"


def who(id_: str) -> str:
    """A person as git names them."""
    return f"{id_} <{mail(id_)}>"


def people_yaml(**levels: str) -> str:
    """The roster; name a level to change it."""
    persons = "".join(
        f"  - {{ id: {id_}, level: {levels.get(id_, level)}, keys: [{public_key(id_)}],"
        f" accounts: [{{ provider: git, id: {mail(id_)} }}] }}\n"
        for id_, level in PEOPLE.items()
    )
    return (
        f"version: 1\npersons:\n{persons}agents:\n"
        f"  - {{ id: a_bot, owner: p_elder, keys: [{public_key('a_bot')}],"
        f" accounts: [{{ provider: git, id: {mail('a_bot')} }}] }}\n"
        f"  - {{ id: a_shared, accounts: [{{ provider: git, id: {mail('a_shared')} }}] }}\n"
    )


def catalogue(name: str, tier: int, *needs: str) -> str:
    """A service's catalog-info.yaml."""
    depends = "".join(f"\n  - component:{need}" for need in needs)
    return (
        f"kind: Component\nmetadata:\n  name: {name}\n  annotations: {{ blastdoor.dev/tier: '{tier}' }}\n"
        f"spec:\n  dependsOn:{depends or ' []'}\n"
    )


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def _called(words: tuple[str, ...], cwd: Path, env: dict[str, str]) -> Said:
    """The command's own entry point, with its streams, folder and environment."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    status: object = 0
    before, sys.argv = sys.argv, ["blastdoor", *words]
    try:
        with (
            mock.patch.dict(os.environ, env, clear=True),
            contextlib.chdir(cwd),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            main()
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.argv = before
    assert isinstance(status, int)
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    assert "our own fault" not in said[1], said[1]
    return Said(status, *said)


@dataclass
class Shop:
    """The repository, the folder beside it for keys, and the state directory of the machine at hand.

    `in_process`: the command is called in this process, because a story of many commands pays for the start
    of a program only once that way.
    """

    git: RealGit
    keys: Path
    in_process: bool = False
    repository: Path = field(init=False)

    def __post_init__(self) -> None:
        self.repository = self.git.folder

    def run(self, *words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> Said:
        """Run the command in the repository."""
        if self.in_process:
            return _called(words, cwd or self.repository, ENVIRONMENT | (env or {}))
        done = subprocess.run(
            [sys.executable, "-m", "blastdoor", *words],
            cwd=cwd or self.repository,
            env=ENVIRONMENT | (env or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def check(self, *words: str) -> Any:
        """The verdict as JSON, with its exit status under `exit`."""
        said = self.run("check", "--json", *words)
        assert said.status in {0, 10, 11}, said.err
        return {**said.json, "exit": said.status}

    def key(self, id_: str) -> Path:
        """A person's private key file."""
        path = self.keys / id_
        if not path.exists():
            data = private_key(id_).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
            path.touch(mode=0o600)
            path.write_bytes(data)
            path.with_suffix(".pub").write_text(public_key(id_) + "\n")
        return path

    def approve(self, id_: str, *words: str) -> Said:
        """Say yes with a person's key."""
        return self.run("approve", "--key", str(self.key(id_)), *words)

    def yes(self, *ids: str) -> None:
        """Each says yes, and it is taken."""
        for id_ in ids:
            said = self.approve(id_)
            assert said.status == 0, said.out + said.err

    def on_main(self, message: str, **files: str) -> str:
        """A commit on main by somebody who is not in the story; the branch at hand stays."""
        branch = self.git("symbolic-ref", "--short", "HEAD")
        self.git("switch", "--quiet", "main")
        commit = self.git.commit(message, {path.replace("__", "/"): text for path, text in files.items()})
        self.git("switch", "--quiet", branch)
        return commit

    def change(
        self, message: str = "change", path: str = "src/app.py", text: str = "x = 2\n", by: str = "p_author"
    ) -> str:
        """A commit of the change by one of its people."""
        return self.git.commit(message, {path: text}, who=who(by))


def a_shop(folder: Path, policy: str = POLICY, people: str | None = None, **files: str) -> Shop:
    """A shop with its rules on main, and the branch `feature` checked out."""
    git = a_repository(folder / "shop")
    git.commit(
        "begin",
        {
            ".blastdoor/policy.yaml": policy,
            ".blastdoor/people.yaml": people or people_yaml(),
            "src/app.py": "x = 1\n",
            "README.md": "# shop\n",
            "services/stock/catalog-info.yaml": catalogue("stock", 2),
            "services/stock/main.py": "stock = 1\n",
            **files,
        },
        who=who("p_elder"),
    )
    git("switch", "--quiet", "-c", "feature")
    (folder / "keys").mkdir()
    return Shop(git, folder / "keys")


def why(verdict: Any, person: str) -> str:
    """Why a person's yes does not count."""
    (vote,) = [vote for vote in verdict["votes"] if vote["person"] == person]
    assert not vote["counts"]
    return str(vote["why"])
