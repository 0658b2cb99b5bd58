"""What a file is read as, by its name alone."""

import re

#: Languages of which only the lines of imports are read, by suffix (with its dot, in lower case).
PLAIN: dict[str, str] = {
    suffix: language
    for language, suffixes in {
        "java": ".java",
        "kotlin": ".kt .kts",
        "scala": ".scala .sc .sbt",
        "groovy": ".groovy .gradle .gvy",
        "rust": ".rs",
        "c": ".c .h .cc .cpp .cxx .c++ .hh .hpp .hxx .h++"
        " .ipp .inl .inc .tpp .tcc .cppm .ixx .m .mm .cu .cuh",
        "ruby": ".rb .rake .ru .gemspec",
        "php": ".php .phtml .php5",
        "csharp": ".cs .csx .cshtml .razor",
        "swift": ".swift",
        "dart": ".dart",
        "elixir": ".ex .exs .heex",
        "protobuf": ".proto",
        "graphql": ".graphql .gql .graphqls",
        "shell": ".sh .bash .zsh .ksh .bats",
        "lua": ".lua .luau",
        "perl": ".pl .pm .t .psgi",
        "haskell": ".hs .lhs .hsc",
        "starlark": ".bzl .star .bazel",
    }.items()
    for suffix in suffixes.split()
}

_SUFFIXES = {
    **PLAIN,
    **dict.fromkeys((".py", ".pyi"), "python"),
    **dict.fromkeys(
        (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"), "javascript"
    ),
    **dict.fromkeys((".go",), "go"),
    **dict.fromkeys((".sql",), "sql"),
    **dict.fromkeys((".tf", ".tofu", ".tf.json", ".tofu.json"), "terraform"),
    **dict.fromkeys((".yaml", ".yml"), "yaml"),
    **dict.fromkeys((".dockerfile", ".containerfile"), "dockerfile"),
}
_NAMES = {
    "package.json": "package.json",
    "go.mod": "go.mod",
    "go.work": "go.work",
}
_PATTERNS = (
    (re.compile(r"(?:[^/]{1,100}\.)?[tj]sconfig(?:\.[^/]{1,100})?\.json"), "tsconfig"),
    (re.compile(r"(?:dockerfile|containerfile)(?:\.[^/]{1,100})?"), "dockerfile"),
    (re.compile(r"(?:docker-)?compose(?:\.[^/]{1,100})?\.ya?ml"), "compose"),
)
_WORKFLOWS = re.compile(
    r"(?:.*/)?\.(?:github|gitea|forgejo)/(?:workflows/[^/]*|actions/.*)\.ya?ml|action\.ya?ml", re.IGNORECASE
)
#: Lockfiles are compared with their other version, not read by themselves.
_PASSED_OVER = {"pnpm-lock.yaml"}


def language_of(path: str) -> str | None:
    """The language that `extract` reads a file of this name as; None if there is no reader for it."""
    name = path.rpartition("/")[2].lower()
    if name in _NAMES:
        return _NAMES[name]
    dot = name.rfind(".")
    if dot < 0:
        return "dockerfile" if name in {"dockerfile", "containerfile"} else None
    suffix = name[dot:]
    if suffix in {".yaml", ".yml"}:
        return _yaml(path, name)
    if suffix == ".json":
        if _PATTERNS[0][0].fullmatch(name):
            return "tsconfig"
        return "terraform" if name.endswith((".tf.json", ".tofu.json")) else None
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    return "dockerfile" if _PATTERNS[1][0].fullmatch(name) else None


def _yaml(path: str, name: str) -> str | None:
    if name in _PASSED_OVER:
        return None
    if _PATTERNS[2][0].fullmatch(name):
        return "compose"
    return "workflow" if _WORKFLOWS.fullmatch(path) else "yaml"
