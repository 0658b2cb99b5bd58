"""The shop's services and libraries, and how their files come to be."""

from dataclasses import dataclass, field

from bench.synthetic.draw import Draw
from bench.synthetic.files import File, Form, Module, Package, module_path
from bench.synthetic.rules import catalogue_entry
from bench.synthetic.words import LIBRARIES, MODULES, PACKAGES, PROSE, SERVICES

_KINDS = ((0.74, "python"), (0.09, "test"), (0.08, "markdown"), (0.04, "typescript"), (0.02, "sql"),
          (0.02, "yaml"), (0.01, "go"))  # fmt: skip
_FORMS = ((0.6, Form.NAME), (0.25, Form.MODULE), (0.15, Form.DOTTED))
_ENDINGS = {"markdown": "md", "typescript": "ts", "sql": "sql", "yaml": "yaml", "go": "go"}
_PLACES = {"markdown": "docs", "typescript": "web/src", "sql": "migrations", "yaml": "config", "go": "tools"}
_LEADS = {"go": "package main\n", "typescript": "export {};\n", "markdown": "# Notes\n"}
#: Of new modules, so many are imported back by a module they import: a cycle.
_CYCLES = 0.08
#: Of those in libraries, so many may reach into another library.
_ACROSS = 0.05


@dataclass(slots=True, eq=False, kw_only=True)
class Unit:
    """A service or library: its folder, its source root, its package, and its files."""

    name: str
    folder: str
    package: str
    is_service: bool
    files: list[File] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The source root."""
        return f"{self.folder}/src"


class Shop:
    """All units, grown file by file. A library imports itself and libraries founded before it."""

    def __init__(self, draw: Draw, services: int, libraries: int) -> None:
        self._draw = draw
        self._taken: set[str] = set()
        self.libraries = tuple(_library(name) for name in LIBRARIES[:libraries])
        self.services = tuple(_service(name) for name in SERVICES[:services])
        self._founded: list[Unit] = []

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every unit, in the order they are founded."""
        return self.libraries + self.services

    def found(self, unit: Unit, packages: int) -> list[File]:
        """A unit's first files: its papers, its packages, and two modules in each."""
        self._founded.append(unit)
        papers = [
            File(path=f"{unit.folder}/README.md", kind="markdown", top=f"# {unit.name}\n", pieces=[0]),
            File(path=f"{unit.folder}/pyproject.toml", kind="none", top=_project(unit)),
        ]
        if unit.is_service:
            earlier = tuple(service.name for service in self.services if service in self._founded[:-1])
            entry = catalogue_entry(unit.name, earlier, self._draw)
            papers += [
                File(path=f"{unit.folder}/catalog-info.yaml", kind="none", top=entry, held=True),
                File(
                    path=f"{unit.folder}/Dockerfile", kind="none", top=f"FROM scratch\nCOPY . /{unit.name}\n"
                ),
                File(path=f"{unit.folder}/run.sh", kind="none", top="#!/bin/sh\nexec run\n", mode="100755"),
            ]
        made = [*papers, self._package(unit, unit.package)]
        for name in PACKAGES[:packages]:
            dotted = f"{unit.package}.{name}"
            unit.packages.append(dotted)
            package = self._package(unit, dotted)
            first, second = self.module(unit, dotted), self.module(unit, dotted)
            package.showing.append(first)
            first.shown = True
            made += [package, first, second]
        unit.files += [file for file in made if not file.held]
        return made

    def grow(self, unit: Unit) -> list[File]:
        """A new file of a unit; with it, now and then, the module that imports it back."""
        kind = self._draw.by_share(_KINDS)
        made: list[File]
        if kind == "python":
            module = self.module(unit, self._draw.pick(unit.packages))
            made = [module, *self._cycle(module)]
        elif kind == "test":
            made = [self._test(unit)]
        else:
            name = f"{_PLACES[kind]}/{self._draw.pick(MODULES)}"
            path = self._free(f"{unit.folder}/{name}", f".{_ENDINGS[kind]}")
            made = [File(path=path, kind=kind, top=_LEADS.get(kind, ""), pieces=self._pieces(200))]
        unit.files.append(made[0])
        return made

    def module(self, unit: Unit, package: str) -> Module:
        """A new module of a package, with up to five imports of what is there."""
        draw = self._draw
        stem = f"{unit.root}/{package.replace('.', '/')}"
        path = self._free(f"{stem}/{draw.pick(MODULES)}", ".py")
        dotted = f"{package}.{path.rpartition('/')[2].removesuffix('.py')}"
        top = f"{draw.pick(PROSE)} {draw.pick(PROSE)} {draw.pick(MODULES)}"
        module = Module(
            path=path, kind="python", root=unit.root, dotted=dotted, top=top, pieces=self._pieces(1_500)
        )
        for _ in range(draw.below(6)):
            self._take(module, unit)
        unit.modules.append(module)
        return module

    def new_name(self, module: Module) -> str:
        """A free name in a module's package."""
        stem = module.path.rpartition("/")[0]
        path = self._free(f"{stem}/{self._draw.pick(MODULES)}", ".py")
        return path.rpartition("/")[2].removesuffix(".py")

    def new_path(self, file: File) -> str:
        """A free path beside a file."""
        stem, _, name = file.path.rpartition("/")
        return self._free(f"{stem}/{self._draw.pick(MODULES)}", "." + name.rpartition(".")[2])

    def _take(self, module: Module, unit: Unit) -> None:
        """Import from the own unit or a library founded before it (any, for a service)."""
        draw = self._draw
        own = bool(unit.modules) and draw.chance(0.55)
        limit = len(self.libraries) if unit.is_service else self.libraries.index(unit)
        if own:
            other = draw.pick_early(unit.modules)
            form = Form.RELATIVE if draw.chance(0.3) else draw.by_share(_FORMS)
        else:
            there = [library for library in self.libraries[:limit] if library.modules]
            if not there:
                return
            other = draw.pick_early(draw.pick_early(there).modules)
            form = draw.by_share(_FORMS)
        module.take(other, form)

    def _cycle(self, module: Module) -> list[File]:
        if not self._draw.chance(_CYCLES):
            return []
        across = module.root.startswith("libs/") and self._draw.chance(_ACROSS)
        known = [other for other, _ in module.imports if not other.held]
        # A library does not import a service, whatever imports the library.
        known = [other for other in known if across or other.root == module.root]
        if not known:
            return []
        other = self._draw.pick(known)
        # Python bears a cycle where one side asks for the module alone.
        other.take(module, Form.DOTTED)
        return [other]

    def _package(self, unit: Unit, dotted: str) -> Package:
        path = module_path(unit.root, f"{dotted}.__init__")
        return Package(path=path, kind="none", top=f"{unit.name}: {dotted}.")

    def _test(self, unit: Unit) -> Module:
        tested = self._draw.pick(unit.modules)
        path = self._free(f"{unit.folder}/tests/test_{tested.name}", ".py")
        name = path.rpartition("/")[2].removesuffix(".py")
        test = Module(
            path=path, kind="test", root=f"{unit.folder}/tests", dotted=name, top=f"Tests {tested.name}",
            pieces=self._pieces(300),
        )  # fmt: skip
        test.take(tested, Form.NAME)
        return test

    def _pieces(self, bound: int) -> list[int]:
        return [self._draw.below(bound) for _ in range(self._draw.between(1, 6))]

    def _free(self, stem: str, ending: str) -> str:
        path, number = stem + ending, 2
        while path in self._taken:
            path, number = f"{stem}_{number}{ending}", number + 1
        self._taken.add(path)
        return path


def _service(name: str) -> Unit:
    return Unit(name=name, folder=f"services/{name}", package=f"{name}_service", is_service=True)


def _library(name: str) -> Unit:
    return Unit(name=name, folder=f"libs/{name}", package=f"{name}_lib", is_service=False)


def _project(unit: Unit) -> str:
    return f'[project]\nname = "{unit.package}"\nversion = "1.0.0"\ndependencies = ["httpx>=0.28"]\n'
