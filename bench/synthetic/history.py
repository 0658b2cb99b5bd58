"""The shop's history: units founded, files grown, changed, renamed and removed, topics merged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO

from bench.synthetic.draw import Draw
from bench.synthetic.files import File, Module, make_pieces
from bench.synthetic.messages import AGENTS, MARKS, ROBOTS, Messages
from bench.synthetic.people import Author, employees, people_yaml
from bench.synthetic.rules import OVERLAYS, POLICY
from bench.synthetic.shop import Shop, Unit
from bench.synthetic.stream import Edit, Move, Remove, Stream, Told, Write

#: 2 January 2023, and half an hour from commit to commit: 50,000 of them are three years.
_START = 1_672_646_400
_STEP = 1_900
_FORGE = Author(name="GitHub", mail="noreply@github.com")
_ZONES = ("+0000", "+0100", "+0200", "-0500", "-0800", "+0530")
_TOPICS = 8
_LOCKED = 300
#: Shares of a step: a topic is begun; the newest commit of an open one is added; an agent or robot commits.
_OPENED, _ON_TOPIC, _ROBOT, _ASSISTED, _RENAMED, _REMOVED = 0.072, 0.25, 0.03, 0.055, 0.02, 0.004
FEATURE_COMMITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large: files of main's tip (at least), commits reachable from it (exactly), and persons."""

    files: int
    commits: int
    persons: int = 60
    seed: int = 1

    @property
    def services(self) -> int:
        """One service to 170 files, 2 to 30."""
        return max(2, min(30, self.files // 170))

    @property
    def libraries(self) -> int:
        """One library to 130 files, 2 to 40."""
        return max(2, min(40, self.files // 130))

    @property
    def packages(self) -> int:
        """Packages in each unit."""
        return 2 if self.files < 1_000 else 5


@dataclass(slots=True, eq=False)
class _Topic:
    """An open branch: its slot, its last commit, and what it changed."""

    slot: int
    area: str
    author: Author
    born: int
    left: int
    mark: int = 0
    changed: list[File] = field(default_factory=list)


def write_history(sink: IO[bytes], size: Size, progress: Callable[[int], None]) -> None:
    """Write the whole repository as one fast-import stream; `progress` hears of commits made."""
    _History(sink, size, progress).write()


class _History:
    def __init__(self, sink: IO[bytes], size: Size, progress: Callable[[int], None]) -> None:
        self.size, self.progress = size, progress
        self.draw = Draw(size.seed)
        self.stream = Stream(sink)
        self.roster = employees(self.draw, size.persons)
        gone = tuple(Author(name=f"Former {n}", mail=f"former{n}@shop.example") for n in range(25))
        self.authors = tuple(person.author for person in self.roster) + gone
        self.messages = Messages(self.draw, self.authors)
        self.pieces = make_pieces(self.draw)
        self.shop = Shop(self.draw, size.services, size.libraries)
        self.live = 0
        self.made = 0
        self.mark = 0
        self.topics: list[_Topic] = []
        self.slots = list(range(_TOPICS))
        self.lock = File(path="requirements.lock", kind="lock", held=True, pieces=list(range(_LOCKED)))
        self.policy = File(path=".blastdoor/policy.yaml", kind="none", top=POLICY, held=True)
        self.people = File(
            path=".blastdoor/people.yaml", kind="none", top=people_yaml(self.roster), held=True
        )

    def write(self) -> None:
        """Foundations, the years, then what is open is merged until the count is right."""
        rules = self.size.commits * 8 // 10
        overlay = self.size.commits * 9 // 10
        feature = self.size.commits - min(40, self.size.commits // 10)
        self._found()
        while self.made < self.size.commits:
            left = self.size.commits - self.made
            if self.topics and left <= len(self.topics):
                self._merge(self.topics[:1])
            elif self.made >= rules:
                rules = self.size.commits
                self._rules("blastdoor: who must vouch for what", self.policy, self.people)
            elif self.made >= overlay:
                overlay = self.size.commits
                self.policy.top += OVERLAYS
                self._rules("blastdoor: safety reset until June", self.policy)
            elif self.made >= feature:
                feature = self.size.commits + 1
                self._feature()
            else:
                self._step(left)
        for slot in range(_TOPICS):
            self.stream.forget(f"topic-{slot}")

    # ------------------------------------------------------------ steps

    def _found(self) -> None:
        readme = File(path="README.md", kind="markdown", top="# Shop\n", pieces=[1, 2], held=True)
        odd = File(path="docs/Über uns 2024.md", kind="markdown", top="# Über uns\n", held=True)
        link = File(path="docs/current", kind="none", top="../README.md", mode="120000", held=True)
        self._on_main(
            self.draw.pick(self.authors), "Initial commit\n", self._new([readme, odd, link, self.lock])
        )
        for unit in self.shop.units:
            files = self.shop.found(unit, self.size.packages)
            author = self.draw.pick_early(self.authors)
            self._on_main(author, f"{unit.name}: begin\n", self._new(files))

    def _step(self, left: int) -> None:
        draw = self.draw
        done = [topic for topic in self.topics if topic.left <= 0]
        if done and draw.chance(0.4):
            # Two at once, now and then: an octopus.
            self._merge(done[:2] if draw.chance(0.1) else done[:1])
        elif self.slots and left > 40 and draw.chance(_OPENED):
            self._open()
        elif self.topics and draw.chance(_ON_TOPIC):
            self._on_topic(draw.pick(self.topics))
        else:
            self._on_trunk()

    def _on_trunk(self) -> None:
        draw, unit = self.draw, self.draw.pick_early(self.shop.units)
        wanted = self._missing()
        if draw.chance(_ROBOT):
            self._bump(unit)
        elif wanted > 0 and draw.chance(0.5):
            self._grow(min(wanted, 14))
        elif not self._tidied(unit):
            author, message = self._who_and_what(unit.name)
            files = self._some_files(unit, self.made)
            self._on_main(author, message, self._changed(files), squashed=draw.chance(0.4))

    def _bump(self, unit: Unit) -> None:
        self.lock.pieces[self.draw.below(_LOCKED)] = self.draw.below(2_000)
        self._on_main(self.draw.pick(ROBOTS), self.messages.bump(unit.package), [self._written(self.lock)])

    def _grow(self, count: int) -> None:
        unit = self.draw.pick(self.shop.units)
        files = [file for _ in range(count) for file in self.shop.grow(unit)]
        author, message = self._who_and_what(unit.name)
        self._on_main(author, message, self._new(files))

    def _missing(self) -> int:
        """How many files main should have by now and has not: 60 % at first, all after nine tenths."""
        share = min(1.0, 0.6 + 0.4 * self.made / (self.size.commits * 0.9))
        return int((self.size.files + 5) * share) - self.live

    def _tidied(self, unit: Unit) -> bool:
        """Rename or remove a file; False if chance, or the file drawn, is against it."""
        if self.draw.chance(_RENAMED):
            return self._rename(unit)
        return self.draw.chance(_REMOVED) and self._remove(unit)

    def _rename(self, unit: Unit) -> bool:
        file = self.draw.pick(unit.files)
        if file.held or file.kind in {"none", "test"}:
            return False
        old, touched = file.path, []
        if isinstance(file, Module):
            touched = file.importers
            if file.shown or len(touched) > 8 or any(one.held for one in touched):
                return False
            file.rename(self.shop.new_name(file))
        else:
            file.path = self.shop.new_path(file)
        file.born = self.made
        edits: list[Edit] = [Move(old, file.path)]
        if isinstance(file, Module):
            edits += [self._written(one) for one in (file, *touched)]
        self._on_main(self.draw.pick_early(self.authors), self.messages.plain(unit.name), edits)
        return True

    def _remove(self, unit: Unit) -> bool:
        file = self.draw.pick(unit.files)
        if file.held or file.kind in {"python", "none", "test"}:
            return False
        unit.files.remove(file)
        self.live -= 1
        self._on_main(self.draw.pick_early(self.authors), self.messages.plain(unit.name), [Remove(file.path)])
        return True

    def _rules(self, message: str, *files: File) -> None:
        self._on_main(self.roster[0].author, message + "\n", self._new(files))

    # ------------------------------------------------------------ topics

    def _open(self) -> None:
        unit, draw = self.draw.pick_early(self.shop.units), self.draw
        author = draw.pick_early(self.authors)
        topic = _Topic(self.slots.pop(), unit.name, author, self.made, draw.between(1, 6))
        self.topics.append(topic)
        self._on_topic(topic)

    def _on_topic(self, topic: _Topic) -> None:
        unit = next(unit for unit in self.shop.units if unit.name == topic.area)
        files = self._some_files(unit, topic.born)
        author, message = self._who_and_what(unit.name, topic.author)
        edits = self._changed(files)
        for file in files:
            file.held = True
        topic.changed += files
        topic.left -= 1
        told = self._told(author, author, message)
        start = 0 if topic.mark else self.mark
        topic.mark = self.stream.commit(f"topic-{topic.slot}", told, edits, start=start)
        self._count()

    def _merge(self, topics: list[_Topic]) -> None:
        files = list(dict.fromkeys(file for topic in topics for file in topic.changed))
        for file in files:
            file.held = False
        message = self.messages.merge(topics[0].area)
        told = self._told(topics[0].author, _FORGE, message)
        marks = [topic.mark for topic in topics]
        edits = [self._written(file) for file in files]
        self.mark = self.stream.commit("main", told, edits, merged=marks)
        for topic in topics:
            self.topics.remove(topic)
            self.slots.append(topic.slot)
        self._count()

    def _feature(self) -> None:
        """Ten commits of one person on a branch of its own: a service, a library below it, tests, docs."""
        service, library = self.shop.services[0], self.shop.libraries[0]
        author, mark = self.roster[3].author, self.mark
        for number in range(FEATURE_COMMITS):
            unit = library if number in {2, 5} else service
            files = self._some_files(unit, self.made)
            if number == 2:
                # A wide reach is the harder case: the module that most others import.
                free = [module for module in library.modules if not module.held]
                files = [max(free, key=lambda module: len(module.importers))]
            if number in {1, 6}:
                files.append(self._unlanded_module(unit))
            message = self.messages.subject(unit.name) + "\n"
            if number == 4:
                message = self.messages.assisted(unit.name, MARKS[0])
            edits = self._changed(files)
            for file in files:
                file.held = True
            start = 0 if number else mark
            self.stream.commit("feature", self._told(author, author, message, number), edits, start=start)

    def _unlanded_module(self, unit: Unit) -> Module:
        """A new module that main knows nothing of, and so cannot import."""
        module = self.shop.module(unit, unit.packages[0])
        unit.modules.remove(module)
        return module

    # ------------------------------------------------------------ parts

    def _some_files(self, unit: Unit, born: int) -> list[File]:
        """Some files of a unit that nobody holds and that were there when the branch began."""
        files: dict[File, None] = {}
        for _ in range(1 + self.draw.below(3) + (8 if self.draw.chance(0.02) else 0)):
            file = self.draw.pick_early(unit.files)
            if file.held or file.born > born or file.kind == "none":
                file = self.draw.pick(unit.files)
            if not file.held and file.born <= born and file.kind != "none":
                files[file] = None
        return list(files)

    def _changed(self, files: Iterable[File]) -> list[Edit]:
        """Replace a piece of each, or add one."""
        edits: list[Edit] = []
        for file in files:
            bound = len(self.pieces[file.kind])
            if file.pieces and (len(file.pieces) > 9 or self.draw.chance(0.7)):
                file.pieces[self.draw.below(len(file.pieces))] = self.draw.below(bound)
            else:
                file.pieces.append(self.draw.below(bound))
            edits.append(self._written(file))
        return edits

    def _new(self, files: Iterable[File]) -> list[Edit]:
        unique = list(dict.fromkeys(files))
        for file in unique:
            if file.born < 0:
                file.born = self.made
                self.live += 1
        return [self._written(file) for file in unique]

    def _written(self, file: File) -> Write:
        return Write(file.path, file.text(self.pieces), file.mode)

    def _who_and_what(self, area: str, author: Author | None = None) -> tuple[Author, str]:
        draw = self.draw
        who = author or draw.pick_early(self.authors)
        if not draw.chance(_ASSISTED):
            return who, self.messages.plain(area)
        if draw.chance(0.25):
            return draw.pick(AGENTS), self.messages.plain(area)
        if draw.chance(0.1):
            return Author(name=f"{who.name} (aider)", mail=who.mail), self.messages.plain(area)
        return who, self.messages.assisted(area)

    def _on_main(
        self, author: Author, message: str, edits: Iterable[Edit], *, squashed: bool = False
    ) -> None:
        told = self._told(author, _FORGE if squashed else author, message)
        self.mark = self.stream.commit("main", told, edits)
        self._count()

    def _told(self, author: Author, committer: Author, message: str, later: int = 0) -> Told:
        seconds = _START + (self.made + later) * _STEP + self.draw.below(600)
        zone = self.draw.pick(_ZONES)
        return Told(author=author, committer=committer, seconds=seconds, zone=zone, message=message)

    def _count(self) -> None:
        self.made += 1
        self.progress(self.made)
