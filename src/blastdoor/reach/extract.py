"""One door to all extractors."""

from collections.abc import Callable, Mapping
from functools import partial

from blastdoor.reach import containers, plain
from blastdoor.reach.facts import FileFacts
from blastdoor.reach.golang import extract_go, extract_go_mod
from blastdoor.reach.javascript import extract_javascript, extract_manifest, extract_workspace
from blastdoor.reach.python import extract_python
from blastdoor.reach.terraform import extract_terraform

_EXTRACTORS: Mapping[str, Callable[[bytes], FileFacts]] = {
    **{language: partial(plain.extract_plain, language) for language in plain.LANGUAGES.values()},
    **containers.EXTRACTORS,
    "python": extract_python,
    "javascript": extract_javascript,
    "package.json": partial(extract_manifest, "package.json"),
    "tsconfig": partial(extract_manifest, "tsconfig"),
    "pnpm-workspace": extract_workspace,
    "go": extract_go,
    "go.mod": partial(extract_go_mod, "go.mod"),
    "go.work": partial(extract_go_mod, "go.work"),
    "terraform": extract_terraform,
}


def extract(language: str, data: bytes) -> FileFacts:
    """The facts of a file's content. `language` as `language_of` gave it; anything else is a KeyError."""
    return _EXTRACTORS[language](data)
