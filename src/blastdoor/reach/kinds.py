"""What kind of file a path names. Everything is compared without regard to case: some checkouts have none.

Two directions that must not be mixed up. `is_docs` and `is_test` excuse, so in doubt they say no; the others
accuse, so in doubt they say yes. Specified in `docs/spec/reach.md`.
"""

import fnmatch
import itertools
import re
import unicodedata

from blastdoor.model import FileChange
from blastdoor.reach.languages import language_of

_PLAIN_MODES = {"000000", "100644"}

_DOCS_SUFFIXES = (".md", ".rst", ".adoc")
_DOCS_PICTURES = (".png", ".jpg", ".gif")
_DOCS_FOLDERS = {"doc", "docs", "documentation"}
_DOCS_NAMES = re.compile(r"(?:licen[cs]e|notice|changelog|copying|authors|contributors)(?:\.txt)?")

#: Text that tools and agents execute or obey, whatever it looks like.
_OBEYED_FOLDERS = {
    *("prompt", "prompts", "skill", "skills", "agent", "agents", "command", "commands", "rule", "rules"),
    *("template", "templates", "instructions", "memories", "chatmodes", "subagents", "steering"),
    *("memory-bank", "memory_bank", "output-styles", "output_styles", "personas", "playbooks"),
}
_OBEYED_NAMES = re.compile(
    r"(?:agents?|claude|gemini|skills?|copilot|copilot-instructions|qwen|codex|warp|crush|soul|instructions"
    r"|replit|cursor|windsurf|cline|aider|opencode|goose|junie|kiro|devin|jules|conventions|best-practices"
    r"|system|memory|tools|llms?)(?:\.[^/]*)?\.(?:md|rst|adoc)"
)
_OBEYED_ENDINGS = tuple(
    f".{word}.md" for word in ("prompt", "instructions", "agent", "chatmode", "skill", "command")
)

_TEST_FOLDERS = {"test", "tests", "__tests__"}
_TEST_NAMES = re.compile(
    r"test_.+\.pyi?|.+_test\.(?:py|go|rb|exs|dart)|.+_spec\.rb|conftest\.py|.+\.(?:test|spec)\.[cm]?[jt]sx?"
)
#: Here `test` is the name of an environment, not of tests.
_DEPLOYED_FOLDERS = {
    *("env", "envs", "environment", "environments", "deploy", "deployment", "deployments", "infra"),
    *("infrastructure", "terraform", "stages", "stacks", "clusters", "overlays", "live"),
}

_OWNERS_FOLDERS = {"", ".github", ".gitlab", "docs"}
_CONTROL_FOLDERS = (
    *(".github/workflows/", ".github/actions/", ".gitlab/ci/", ".circleci/", ".buildkite/", ".tekton/"),
    *(".woodpecker/", ".forgejo/workflows/", ".gitea/workflows/", ".azure-pipelines/", ".semaphore/"),
)
_CONTROL_NAMES = {
    *(".gitlab-ci.yml", ".gitlab-ci.yaml", ".travis.yml", ".drone.yml", ".woodpecker.yml", ".cirrus.yml"),
    *("jenkinsfile", "azure-pipelines.yml", "azure-pipelines.yaml", "bitbucket-pipelines.yml"),
    *(
        "appveyor.yml",
        ".appveyor.yml",
        "buildspec.yml",
        "buildspec.yaml",
        "cloudbuild.yaml",
        "cloudbuild.yml",
    ),
}

_GLOBAL_NAMES = {
    *(
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "pipfile",
        "pipfile.lock",
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
    ),
    *("package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"),
    *(
        "bun.lockb",
        "pnpm-workspace.yaml",
        "turbo.json",
        "nx.json",
        "lerna.json",
        "tsconfig.json",
        "deno.json",
    ),
    *("deno.lock", "go.mod", "go.sum", "go.work", "go.work.sum", "cargo.toml", "cargo.lock", "gemfile"),
    *("gemfile.lock", "composer.json", "composer.lock", "pom.xml", "build.gradle", "build.gradle.kts"),
    *(
        "settings.gradle",
        "settings.gradle.kts",
        "gradle.properties",
        "gradle.lockfile",
        "build.sbt",
        "mix.exs",
    ),
    *("mix.lock", "pubspec.yaml", "pubspec.lock", "package.swift", "package.resolved", "packages.lock.json"),
    *("directory.build.props", "directory.packages.props", "dockerfile", "containerfile", ".dockerignore"),
    *("makefile", "gnumakefile", "cmakelists.txt", "justfile", "taskfile.yml", "taskfile.yaml", "procfile"),
    *(
        "build",
        "build.bazel",
        "workspace",
        "workspace.bazel",
        "module.bazel",
        "module.bazel.lock",
        ".bazelrc",
    ),
    *(
        "flake.nix",
        "flake.lock",
        "conda-lock.yml",
        "environment.yml",
        "tox.ini",
        "noxfile.py",
        ".python-version",
    ),
    *(".tool-versions", ".nvmrc", ".npmrc", ".yarnrc.yml", "pip.conf", ".gitmodules", ".gitattributes"),
}
_GLOBAL_PATTERNS = (
    *(
        "*requirements*.txt",
        "*constraints*.txt",
        "requirements*.in",
        "dockerfile.*",
        "*.dockerfile",
        "*.lock",
    ),
    *("docker-compose*.y*ml", "compose*.y*ml", "*.mk", "*.bzl", "tsconfig*.json"),
)
_GLOBAL_NAME = re.compile("|".join(fnmatch.translate(pattern) for pattern in _GLOBAL_PATTERNS))

_STATE_SUFFIXES = {
    ".sql": "sql",
    ".prisma": "database schema",
    **dict.fromkeys(
        (".tf", ".tfvars", ".tofu", ".tf.json", ".tfvars.json", ".tofu.json", ".hcl"), "terraform"
    ),
    **dict.fromkeys((".tfstate", ".tfplan"), "terraform"),
    ".bicep": "infrastructure",
}
_STATE_NAMES = {
    **dict.fromkeys(("kustomization.yaml", "kustomization.yml", "kustomization"), "kubernetes"),
    **dict.fromkeys(("chart.yaml", "helmfile.yaml", "helmfile.yml", "skaffold.yaml"), "kubernetes"),
    **dict.fromkeys(("serverless.yml", "serverless.yaml", "pulumi.yaml", "samconfig.toml"), "infrastructure"),
}
_STATE_FOLDERS = dict.fromkeys(
    ("k8s", "kubernetes", "helm", "charts", "kustomize"), "kubernetes"
) | dict.fromkeys(("cloudformation", "cfn"), "cloudformation")
_VALUES = re.compile(r"values(?:[.-][\w.-]{1,60})?\.ya?ml|[\w-]{1,60}[.-]values\.ya?ml")
#: `charts/` may hold drawings and `k8s/` a program; these are what such a folder deploys.
_MANIFESTS = (".yaml", ".yml", ".json", ".tpl", ".jsonnet", ".libsonnet", ".cue", ".template")

_NO_READER = {
    suffix: language
    for language, suffixes in {
        "JavaScript": ".js .jsx .mjs .cjs .vue .svelte .mdx",
        "TypeScript": ".ts .tsx .mts .cts",
        "Go": ".go",
        "Java": ".java",
        "Kotlin": ".kt .kts",
        "Scala": ".scala .sc",
        "Groovy": ".groovy .gradle",
        "Clojure": ".clj .cljs .cljc",
        "Rust": ".rs",
        "Ruby": ".rb .rake .erb",
        "C": ".c .h",
        "C++": ".cc .cpp .cxx .hh .hpp .hxx .ipp",
        "C#": ".cs .csx .cshtml .razor",
        "F#": ".fs .fsx",
        "Visual Basic": ".vb",
        "Objective-C": ".m .mm",
        "Swift": ".swift",
        "PHP": ".php .phtml",
        "Perl": ".pl .pm",
        "Lua": ".lua",
        "R": ".r",
        "Julia": ".jl",
        "Dart": ".dart",
        "Elixir": ".ex .exs .heex",
        "Erlang": ".erl .hrl",
        "Haskell": ".hs",
        "OCaml": ".ml .mli",
        "Zig": ".zig",
        "Nim": ".nim",
        "Fortran": ".f .f90 .f95",
        "COBOL": ".cob .cbl",
        "shell": ".sh .bash .zsh .fish .ksh",
        "PowerShell": ".ps1 .psm1",
        "batch": ".bat .cmd",
        "Solidity": ".sol",
        "assembly": ".s .asm",
        "Cython": ".pyx .pxd .pxi",
        "protocol buffers": ".proto",
        "Thrift": ".thrift",
        "GraphQL": ".graphql .gql",
        "Jupyter notebook": ".ipynb",
        "Starlark": ".star .bzl",
        "Nix": ".nix",
        "WebAssembly": ".wasm .wat",
    }.items()
    for suffix in suffixes.split()
}


def is_docs(file: FileChange) -> bool:
    """Whether a changed file is documentation and nothing else: a plain file that only people read."""
    if not _is_plain(file):
        return False
    folders, name = _parts(file.path)
    if not _OBEYED_FOLDERS.isdisjoint(folders) or _is_obeyed(name):
        return False
    if name.endswith(_DOCS_SUFFIXES) or _DOCS_NAMES.fullmatch(name):
        return True
    return name.endswith(_DOCS_PICTURES) and not _DOCS_FOLDERS.isdisjoint(folders)


def is_test(path: str) -> bool:
    """Whether a path is a test's by its name or folder."""
    text = _folded(path)
    if "test" not in text and "spec" not in text:
        return False
    folders, name = _parts(path)
    return not _TEST_FOLDERS.isdisjoint(folders) or bool(_TEST_NAMES.fullmatch(name))


def is_test_change(file: FileChange) -> bool:
    """Whether a changed file is a test and nothing else; `conftest.py` runs before all others and is more."""
    if not _is_plain(file) or not is_test(file.path):
        return False
    folders, name = _parts(file.path)
    if name == "conftest.py" or _is_obeyed(name) or not _DEPLOYED_FOLDERS.isdisjoint(folders):
        return False
    path = file.path
    return not (is_policy(path) or is_control_plane(path) or is_global_input(path) or stateful_kind(path))


def is_catalogue(path: str) -> bool:
    """Whether a path is a Backstage catalogue file, by its exact name."""
    return path.rpartition("/")[2] == "catalog-info.yaml"


def is_policy(path: str) -> bool:
    """Whether a path belongs to what changes are judged by: policy, roster, catalogue, code owners."""
    folders, name = _parts(path)
    if folders[:1] == [".blastdoor"] or name in {"catalog-info.yaml", "catalog-info.yml"}:
        return True
    # A file in the place of the directory, as a link or a submodule, is the directory.
    if not folders and name == ".blastdoor":
        return True
    return name == "codeowners" and "/".join(folders) in _OWNERS_FOLDERS


def is_control_plane(path: str) -> bool:
    """Whether a path defines what CI runs."""
    folders, name = _parts(path)
    whole = "/".join([*folders, name])
    if whole.startswith(_CONTROL_FOLDERS) or f"{whole}/" in _CONTROL_FOLDERS or name in _CONTROL_NAMES:
        return True
    return not folders and name in {"action.yml", "action.yaml"}


def is_global_input(path: str) -> bool:
    """Whether a path is a lockfile or manifest: what is built from it is in no import."""
    _, name = _parts(path)
    return name in _GLOBAL_NAMES or _GLOBAL_NAME.fullmatch(name) is not None


def stateful_kind(path: str) -> str:
    """What kind of thing that can destroy state a path describes; "" for none that its name tells."""
    folders, name = _parts(path)
    for suffix, kind in _STATE_SUFFIXES.items():
        if name.endswith(suffix):
            return kind
    if name in _STATE_NAMES:
        return _STATE_NAMES[name]
    around = [*itertools.pairwise(folders)]
    if "migrations" in folders or ("alembic", "versions") in around or ("db", "migrate") in around:
        return "migration"
    if _VALUES.fullmatch(name):
        return "kubernetes"
    if name.endswith(_MANIFESTS):
        return next((_STATE_FOLDERS[folder] for folder in folders if folder in _STATE_FOLDERS), "")
    return ""


def unread_language(file: FileChange) -> str:
    """The language of a changed file that there is no reader for; "" if there is one, or it is no program."""
    if language_of(file.path):
        return ""
    _, name = _parts(file.path)
    stem, dot, suffix = name.rpartition(".")
    if stem and dot + suffix in _NO_READER:
        return _NO_READER[dot + suffix]
    return "executable files" if "100755" in (file.old_mode, file.new_mode) else ""


def has_reader(path: str) -> bool:
    """Whether the content of a path, by its name, is understood: read by us, or read by people alone."""
    return path.endswith(_DOCS_SUFFIXES) or is_catalogue(path) or path.startswith(".blastdoor/")


def _is_obeyed(name: str) -> bool:
    # Underscores, spaces and dashes are one: some tools take either, and a look-alike should not slip by.
    alike = re.sub(r"[-_ ]+(?=\.)", "", name).replace("_", "-").replace(" ", "-")
    if _OBEYED_NAMES.fullmatch(alike) or name.endswith(_OBEYED_ENDINGS):
        return True
    return not {"prompt", "prompts"}.isdisjoint(re.split(r"[-_. ]", name))


def _is_plain(file: FileChange) -> bool:
    """An ordinary file on both sides, under a name that is what it seems.

    Hidden folders are tools' own. A backslash parts folders elsewhere (and here it marks bytes that are not
    text), and some file systems do not see characters that do not print.
    """
    modes = {file.old_mode, file.new_mode}
    if not modes <= _PLAIN_MODES or modes == {"000000"}:
        return False
    segments = file.path.split("/")
    return not (
        "\\" in file.path or not file.path.isprintable() or any(part.startswith(".") for part in segments)
    )


def _parts(path: str) -> tuple[list[str], str]:
    *folders, name = _folded(path).split("/")
    return folders, name


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else unicodedata.normalize("NFKC", path).casefold()
