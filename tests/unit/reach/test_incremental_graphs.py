"""A graph made after another one is the graph that would have been made alone."""

import random

import pytest

from blastdoor.reach import FileFacts, Graph, build, extract, language_of
from blastdoor.reach.build import Resolved

_TEXTS: dict[str, tuple[str, ...]] = {
    "a/__init__.py": ("", "from . import b\n"),
    "a/b.py": ("import c.d\n", "from .e import x\nimport json\n", "from a import gone\n"),
    "c/d.py": ("import a.b\n", "import importlib\nimportlib.import_module('a.b')\n"),
    "c/__init__.py": ("",),
    "lib/c/d.py": ("from a import b\n",),
    "json.py": ("x = 1\n",),
    "a/e.py": ("q = 'SELECT x FROM users'\n", "from ..c import d\n"),
    "db/1.sql": ("CREATE TABLE users (x int);\n", "CREATE TABLE others (x int);\n"),
    "web/x.ts": ("import y from './y'\nimport z from '@/z'\n", "import p from 'pack'\n", "import './gone'\n"),
    "web/y.ts": ("export * from 'pack/part'\n", ""),
    "web/z.ts": ("", "import x from 'x'\n"),
    "web/y/index.js": ("",),
    "web/tsconfig.json": (
        '{"compilerOptions": {"baseUrl": "."}}',
        '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}',
        '{"extends": "../tsconfig.json"}',
    ),
    "tsconfig.json": ('{"compilerOptions": {"paths": {"@/*": ["./web/y/*"]}}}', "{}"),
    "pack/package.json": (
        '{"name": "pack", "main": "one.js"}',
        '{"name": "pack", "exports": {".": "./two.js", "./part": "./one.js"}}',
        '{"name": "other"}',
    ),
    "pack/one.js": ("", "require('./two')\n"),
    "pack/two.js": ("",),
    "go.mod": ("module shop.example/s\n", "module shop.example/t\n"),
    "g/g.go": (
        'package g\nimport "shop.example/s/h"\n',
        'package g\nimport "shop.example/t/h"\n',
        'package g\nimport _ "embed"\n//go:embed data\nvar d string\n',
    ),
    "h/h.go": ("package h\n", "//go:build ignore\n\npackage h\n"),
    "h/h_test.go": ("package h\n",),
    "g/data/x.txt": ("x",),
    "infra/main.tf": ('module "m" {\n  source = "./m"\n}\n', 'resource "null_resource" "x" {}\n'),
    "infra/m/m.tf": ('resource "null_resource" "y" {}\n', 'variable "v" {}\n'),
    "Dockerfile": ("FROM scratch\nCOPY a /a\n", "FROM scratch\nCOPY . /\n"),
    "compose.yaml": ("services:\n  s:\n    build: .\n", "services:\n  s:\n    image: scratch\n"),
    "j/A.java": ("package j;\nimport j.k.B;\n", "package j;\n"),
    "j/C.java": ("package j;\n",),
    "j/k/B.java": ("package j.k;\n", "package j;\n"),
}

Files = dict[str, str]


@pytest.mark.parametrize("seed", range(60))
def test_commit_after_commit_every_graph_is_the_one_made_cold(seed: int) -> None:
    chance = random.Random(seed)
    kept = Resolved()
    head: Files = {path: chance.choice(texts) for path, texts in _TEXTS.items() if chance.random() < 0.7}
    for _ in range(25):
        base, head = head, _changed(head, chance)
        # Now and then back to an older tree, as a range against the branch is.
        if chance.random() < 0.1:
            base, head = head, base
        assert _parts(_graph(base, head, kept)) == _parts(_graph(base, head, None))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("web/tsconfig.json", '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}'),
        ("pack/package.json", '{"name": "other"}'),
        ("go.mod", "module shop.example/t\n"),
        ("infra/m/m.tf", 'variable "v" {}\n'),
    ],
)
def test_an_edit_of_a_configuration_alone_resolves_again_what_stands_by_it(path: str, text: str) -> None:
    kept = Resolved()
    first = {name: texts[0] for name, texts in _TEXTS.items()}
    before = _graph(first, first, kept)
    second = first | {path: text}
    after = _graph(first, second, kept)
    last = _graph(second, second, kept)
    assert _parts(after) == _parts(_graph(first, second, None))
    assert _parts(last) == _parts(_graph(second, second, None))
    assert before.edges != last.edges


def _changed(files: Files, chance: random.Random) -> Files:
    """Some files added, altered, deleted or renamed."""
    made = dict(files)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        path = chance.choice(sorted(_TEXTS))
        what = chance.random()
        if path not in made or what < 0.6:
            made[path] = chance.choice(_TEXTS[path])
        elif what < 0.8:
            del made[path]
        else:
            folder, _, name = path.rpartition("/")
            made[f"{folder}/moved/{name}".lstrip("/")] = made.pop(path)
    return made


def _graph(base: Files, head: Files, kept: Resolved | None) -> Graph:
    extra = [
        (path, facts)
        for path, text in base.items()
        if head.get(path) != text and (facts := _facts(path, text))
    ]
    now = {path: facts for path, text in head.items() if (facts := _facts(path, text))}
    added = sorted(set(head) - set(base))
    return build(now, list(head), extra=extra, added=added, kept=kept)


def _facts(path: str, text: str) -> FileFacts | None:
    language = language_of(path)
    return None if language is None else extract(language, text.encode())


def _parts(graph: Graph) -> tuple[object, ...]:
    missing = list(graph.missing.items())
    reached = [graph.reach([node]) for node in graph.nodes]
    return graph.edges, graph.files, graph.unread, graph.dynamic, missing, graph.packages, reached


def test_what_a_change_adds_counts_where_all_paths_and_files_are_the_same() -> None:
    """An `__init__.py` takes its directory off the search path, but not in the change that adds it."""
    tree = {"p/__init__.py": "", "p/b.py": "", "q/c.py": "import b\n"}
    before = {path: text for path, text in tree.items() if path != "p/__init__.py"}
    kept = Resolved()
    adding, later = _graph(before, tree, kept), _graph(tree, tree, kept)
    assert _parts(adding) == _parts(_graph(before, tree, None))
    assert _parts(later) == _parts(_graph(tree, tree, None))
    assert adding.edges != later.edges
