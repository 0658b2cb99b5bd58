"""Files of the shop, and what stands in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from bench.synthetic.draw import Draw
from bench.synthetic.words import MODULES, PROSE, VERBS

#: Pieces of text by kind of file; a file is a lead and some pieces of its kind.
Pieces = Mapping[str, Sequence[str]]


class Form(Enum):
    """How a module imports another."""

    NAME = "from a.b.c import Name"
    MODULE = "from a.b import c"
    DOTTED = "import a.b.c"
    RELATIVE = "from ..b.c import Name"


@dataclass(slots=True, eq=False, kw_only=True)
class File:
    """A file: `kind` names its pieces, `born` the commit that brought it to main (-1: none yet).

    It is `held` while a topic branch has changed it and is not merged, or for good.
    """

    path: str
    kind: str
    top: str = ""
    pieces: list[int] = field(default_factory=list)
    mode: str = "100644"
    born: int = -1
    held: bool = False

    def lead(self) -> str:
        """What stands before the pieces."""
        return self.top

    def text(self, pieces: Pieces) -> str:
        """The whole content."""
        pool = pieces[self.kind]
        return self.lead() + "".join(pool[index] for index in self.pieces)


@dataclass(slots=True, eq=False, kw_only=True)
class Module(File):
    """A Python module `dotted` in a source `root`; it defines one class, `class_name`.

    One that its package has `shown` keeps its name.
    """

    root: str
    dotted: str
    shown: bool = False
    imports: list[tuple["Module", Form]] = field(default_factory=list)
    importers: list["Module"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The last part of the dotted name."""
        return self.dotted.rpartition(".")[2]

    @property
    def package(self) -> str:
        """The dotted name of the package that holds it."""
        return self.dotted.rpartition(".")[0]

    @property
    def class_name(self) -> str:
        """The class that the module defines."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    def take(self, other: "Module", form: Form) -> None:
        """Import another module, unless it does already."""
        if other is not self and all(known is not other for known, _ in self.imports):
            self.imports.append((other, form))
            other.importers.append(self)

    def rename(self, name: str) -> None:
        """Give it another name in the same package."""
        self.dotted = f"{self.package}.{name}"
        self.path = module_path(self.root, self.dotted)

    def lead(self) -> str:
        """Docstring, imports and class."""
        lines = [f'"""{self.dotted}: {self.top}"""\n', "import json", "from collections.abc import Mapping\n"]
        lines += [self._statement(other, form) for other, form in self.imports]
        return "\n".join(lines) + f'\n\nclass {self.class_name}:\n    """{self.top}"""\n'

    def _statement(self, other: "Module", form: Form) -> str:
        if form is Form.NAME:
            return f"from {other.dotted} import {other.class_name}"
        if form is Form.MODULE:
            return f"from {other.package} import {other.name}"
        if form is Form.DOTTED:
            return f"import {other.dotted}"
        if other.package == self.package:
            return f"from .{other.name} import {other.class_name}"
        return f"from ..{other.package.rpartition('.')[2]}.{other.name} import {other.class_name}"


@dataclass(slots=True, eq=False, kw_only=True)
class Package(File):
    """A package's `__init__.py`: shows the class of its first module."""

    showing: list[Module] = field(default_factory=list)

    def lead(self) -> str:
        """Docstring and what it shows."""
        lines = [f"from {module.dotted} import {module.class_name}" for module in self.showing]
        return f'"""{self.top}"""\n\n' + "\n".join(lines) + ("\n" if lines else "")


def module_path(root: str, dotted: str) -> str:
    """Where a module's file is."""
    return f"{root}/{dotted.replace('.', '/')}.py"


def make_pieces(draw: Draw) -> dict[str, list[str]]:
    """Pieces for every kind of file, each a small part that parses by itself."""
    makers = {
        "python": (1_500, _python), "test": (300, _test), "markdown": (800, _markdown),
        "typescript": (300, _typescript), "go": (200, _go), "sql": (300, _sql), "yaml": (200, _yaml),
        "none": (1, lambda _draw, _index: ""), "lock": (2_000, _lock),
    }  # fmt: skip
    return {kind: [make(draw, index) for index in range(count)] for kind, (count, make) in makers.items()}


def _sentence(draw: Draw) -> str:
    return " ".join(draw.pick(PROSE) for _ in range(draw.between(4, 11)))


def _python(draw: Draw, index: int) -> str:
    name = f"{draw.pick(VERBS)}_{draw.pick(MODULES)}_{index}"
    steps = "".join(
        f"    # {_sentence(draw)}\n    if row.get({draw.pick(MODULES)!r}, 0) > {draw.below(900)}:\n"
        f"        found.append({draw.pick(VERBS)!r})\n"
        for _ in range(draw.between(1, 7))
    )
    return (
        f"\n\ndef {name}(row: Mapping[str, int], limit: int = {draw.below(500)}) -> str:\n"
        f'    """{_sentence(draw)}."""\n    found = [str(limit)]\n{steps}    return json.dumps(found)\n'
    )


def _test(draw: Draw, index: int) -> str:
    return (
        f"\n\ndef test_{draw.pick(VERBS)}_{draw.pick(MODULES)}_{index}() -> None:\n"
        f'    """{_sentence(draw)}."""\n    assert {draw.below(900)} + 1 > 0\n'
    )


def _markdown(draw: Draw, index: int) -> str:
    lines = "\n".join(_sentence(draw) for _ in range(draw.between(2, 9)))
    return f"\n## {_sentence(draw)} {index}\n\n{lines}\n"


def _typescript(draw: Draw, index: int) -> str:
    verb, noun = draw.pick(VERBS), draw.pick(MODULES)
    return f"\nexport function {verb}{noun}{index}(n: number): string {{\n  return `{noun} ${{n}}`;\n}}\n"


def _go(draw: Draw, index: int) -> str:
    return (
        f"\n// {_sentence(draw)}\nfunc {draw.pick(VERBS)}{index}(n int) int {{\n"
        f"\treturn n + {draw.below(90)}\n}}\n"
    )


def _sql(draw: Draw, index: int) -> str:
    return f"CREATE INDEX ix_{draw.pick(MODULES)}_{index} ON {draw.pick(MODULES)} ({draw.pick(MODULES)});\n"


def _yaml(draw: Draw, index: int) -> str:
    return f"{draw.pick(MODULES)}_{index}:\n  limit: {draw.below(900)}\n  note: {_sentence(draw)}\n"


def _lock(draw: Draw, index: int) -> str:
    digest = "".join(f"{draw.below(1 << 32):08x}" for _ in range(8))
    return f"{draw.pick(MODULES)}-{index}==1.{draw.below(30)}.{draw.below(9)} --hash=sha256:{digest}\n"
