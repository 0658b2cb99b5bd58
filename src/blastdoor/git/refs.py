"""Names to commits, and how commits stand to each other."""

import re

from blastdoor.errors import InputError, SourceError
from blastdoor.formats import escape_path
from blastdoor.git.commits import parents_of
from blastdoor.git.ids import checked
from blastdoor.git.process import run
from blastdoor.git.workshop import Workshop
from blastdoor.ports import ProtectedBranch

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}://", re.IGNORECASE)
_SCP = re.compile(r"(?:[^@/:\s]{1,100}@)?([^@/:\s]{1,255}):(?!:|//)(.{1,1000})", re.DOTALL)
_PORT = re.compile(r":[0-9]{0,5}\Z")
_UNSHALLOW = "git fetch --unshallow"


class GitRefs:
    """`ports.Refs` on a workshop."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def resolve(self, revision: str) -> str:
        """The commit id a revision names."""
        # A process of its own: some revisions (`@{upstream}`) end the one that looks objects up.
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        usable = bool(revision) and "\0" not in revision
        status, out = self._workshop.run(*words, accept=(0, 1, 128)) if usable else (1, b"")
        id_ = out.decode("ascii", "replace").strip()
        # Of `^main` git makes `^<id>`, which would exclude what it should name.
        if status != 0 or not id_.isalnum():
            shallow = bool(self._workshop.theirs.shallow)
            raise InputError(
                f"no such commit or branch here: {revision!r}",
                hint=f"this clone is shallow: {_UNSHALLOW}" if shallow else "is it fetched? git fetch origin",
            )
        return id_

    def branch_of(self, revision: str) -> str | None:
        """The branch a revision names; a remote's branch by its name there, so that both sides agree."""
        theirs = self._workshop.theirs
        name = theirs.head if revision in {"HEAD", "@"} else revision
        for prefix in ("", "refs/", "refs/heads/", "refs/remotes/"):
            full = prefix + name
            if full in theirs.refs:
                if full.startswith("refs/heads/"):
                    return _shown(full.removeprefix("refs/heads/"))
                if full.startswith("refs/remotes/") and not full.endswith("/HEAD"):
                    return _shown(full.removeprefix("refs/remotes/").partition("/")[2])
        return None

    def protected_branch(self) -> ProtectedBranch:
        """`origin/HEAD`, else origin's or the local `main` or `master`, else the only local branch."""
        refs = self._workshop.theirs.refs
        named = self._workshop.theirs.origin_head
        locals_ = [name for name in refs if name.startswith("refs/heads/")]
        usual = [] if named else self._usual()
        candidates = [*([named] if named else []), *usual, *(locals_ if len(locals_) == 1 else [])]
        for ref in candidates:
            if ref in refs:
                commit = self._workshop.info(f"{ref}^{{commit}}")
                if commit is None:
                    raise SourceError(f"{ref} names a commit that is not here", hint="git fetch origin")
                return ProtectedBranch(name=_short(ref), ref=ref, commit=commit[0])
        raise InputError(
            "there is no telling which branch is protected"
            if refs
            else "the repository has no commits yet, so there is nothing to check",
            hint="git remote set-head origin --auto" if refs else "",
        )

    def _usual(self) -> list[str]:
        """`main` or `master`, at origin or else here. Both: whoever may push one of them must not choose."""
        for where in ("refs/remotes/origin/", "refs/heads/"):
            there = [
                where + name for name in ("main", "master") if where + name in self._workshop.theirs.refs
            ]
            if len(there) > 1:
                raise InputError(
                    f"{there[0]} and {there[1]} both exist, and nothing says which of them is protected",
                    hint="git remote set-head origin --auto",
                )
            if there:
                return there
        return []

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """All best common ancestors, sorted."""
        status, out = self._workshop.run("merge-base", "--all", checked(one), checked(other), accept=(0, 1))
        bases = tuple(sorted(out.decode("ascii").split())) if status == 0 else ()
        if self._workshop.theirs.shallow:
            self._refuse_hidden_bases(one, other, bases)
        return bases

    def _refuse_hidden_bases(self, one: str, other: str, bases: tuple[str, ...]) -> None:
        # What a shallow clone hides are ancestors of its boundary commits. Where one base was found, and each
        # boundary commit in the way is an ancestor of it (or the base itself), all that is hidden is older
        # than that base, and the answer stands. A boundary commit that no base covers may hide a better one.
        # Of several bases, one may be an ancestor of another by a way that is hidden: then any is refused.
        excluded = [f"^{base}" for base in bases] if len(bases) == 1 else []
        for commit in self._workshop.lines("rev-list", one, other, *excluded):
            if commit in self._workshop.theirs.shallow and parents_of(self._workshop, commit):
                raise SourceError(
                    "this clone is shallow, and the base of the change may lie in what is cut off",
                    hint=_UNSHALLOW,
                )

    def repository_id(self) -> str:
        """The normalised origin address, else `local:<root commit>`."""
        words = ["-C", self._workshop.theirs.directory, "config", "--get", "remote.origin.url"]
        status, out = run(words, accept=(0, 1))
        address = out.decode("utf-8", "replace").strip() if status == 0 else ""
        normalised = normalise(address)
        if normalised:
            return normalised
        if self._workshop.theirs.shallow:
            raise SourceError(
                "the repository has no origin address to be named by, and the root commit is cut off",
                hint=f"{_UNSHALLOW}, or give it an `id:` in .blastdoor/policy.yaml",
            )
        tip = self.protected_branch().commit
        _, roots = self._workshop.run("rev-list", "--first-parent", "--max-parents=0", tip)
        return f"local:{roots.decode('ascii').split()[-1]}"


def normalise(address: str) -> str:
    """A remote's address as `host/path`, without scheme, credentials, port, `.git`; "" for a local path."""
    if _SCHEME.match(address):
        scheme, _, rest = address.partition("://")
        place, _, path = rest.partition("/")
        host = _PORT.sub("", place.rpartition("@")[2])
        path = re.split(r"[?#]", path, maxsplit=1)[0]  # a token may stand there
        if scheme.lower() == "file":
            return ""
    else:
        scp = _SCP.fullmatch(address)
        if scp is None:
            return ""
        host, path = scp[1], scp[2]
    path = path.strip("/").removesuffix(".git").strip("/")
    clean = "".join(char for char in path if char.isprintable() and not char.isspace())
    return f"{host.lower()}/{clean}" if host and clean else ""


def _shown(name: str) -> str:
    """A name that may hold bytes that are not UTF-8, as text that every reader can carry."""
    return escape_path(name.encode("utf-8", "surrogateescape"))


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")
