"""Starting git so that a hostile repository runs nothing and fetches nothing.

Every environment variable that steers git is dropped, the machine's and the user's settings are not read,
no protocol is allowed (a partial clone would fetch what is missing, by a program its settings name), and
hooks, the file-system monitor and ownership checks are off by settings that outrank the repository's own.
"""

import os
import subprocess
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from blastdoor.errors import SourceError

#: Seconds after which a git process that says nothing is given up on.
TIMEOUT = 120
OLDEST = (2, 38)

#: What git says where an object is absent or damaged.
_MISSING = ("bad object", "unable to read", "could not read", "missing", "traverse parents", "Could not get")

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "safe.directory=*",
    "gc.auto=0",
    "maintenance.auto=false",
    # Signatures would be shown by a program that the settings name.
    "log.showSignature=false",
    # Files beside the objects that tell a commit's parents faster, and falsely if somebody wrote them so.
    "core.commitGraph=false",
    # Hooks that the settings define, by git 2.54 and newer: `core.hooksPath` does not reach them.
    "hook.reference-transaction.enabled=false",
)


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """The environment every git process gets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def command(*words: str) -> list[str]:
    """A git command line with our settings before the words."""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return ["git", *settings, *words]


def run(words: Sequence[str], *, stdin: bytes = b"", accept: Sequence[int] = (0,)) -> tuple[int, bytes]:
    """Run git; gives its exit status and output. SourceError for a status that is not accepted."""
    try:
        done = subprocess.run(
            command(*words), env=environment(), input=stdin, capture_output=True, timeout=TIMEOUT, check=False
        )
    except FileNotFoundError as error:
        raise SourceError("git is not installed", hint="install git 2.38 or newer") from error
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"git {verb(words)} took longer than {TIMEOUT} s") from error
    except (OSError, ValueError) as error:  # a word that no program can be given, such as one with a NUL
        raise SourceError(f"git cannot be started: {error}") from error
    if done.returncode not in accept:
        raise failure(words, done.stderr)
    return done.returncode, done.stdout


def failure(words: Sequence[str], complaint: bytes) -> SourceError:
    """The error for a git process that failed, with git's own first line, made safe."""
    lines = complaint.decode("utf-8", "replace").splitlines()
    first = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "")
    said = printable(first)[:300]
    missing = any(word in said for word in _MISSING)
    hint = "in a partial or shallow clone, fetch the rest: git fetch --unshallow, or --refetch"
    return SourceError(f"git {verb(words)} failed: {said or 'without a word'}", hint=hint if missing else "")


def printable(text: str) -> str:
    """Text without characters that steer a terminal."""
    return "".join("?" if unicodedata.category(char)[0] == "C" else char for char in text)


def check_version() -> None:
    """SourceError if git is older than what is needed."""
    _, output = run(["version"])
    words = output.decode("ascii", "replace").split()
    numbers = words[2].split(".") if len(words) > 2 else []
    found = tuple(int(part) for part in numbers[:2] if part.isdigit())
    if found < OLDEST:
        wanted = ".".join(str(part) for part in OLDEST)
        raise SourceError(
            f"git {'.'.join(numbers) or 'of an unknown version'} is too old: {wanted} is needed",
            hint="older git cannot merge without a working tree",
        )


def verb(words: Sequence[str]) -> str:
    """The name of the git command in its words."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in {"-C", "-c"}:
            skip = True
        elif not word.startswith("-"):
            return word
    return "?"
