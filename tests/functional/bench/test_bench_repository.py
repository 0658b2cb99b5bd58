"""The benchmark's repository has the shape that the figures are quoted for: looked at with a real git."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import networkx as nx
import pytest

from blastdoor.people import load_directory
from blastdoor.policy import load_policy

ROOT = Path(__file__).resolve().parents[3]
FILES, COMMITS = 400, 900


def make(into: Path, *more: str, hash_seed: str = "0") -> Path:
    """A small repository by the program that `make bench` uses."""
    words = [sys.executable, str(ROOT / "bench" / "make_repository.py"), "--into", str(into)]
    words += ["--files", str(FILES), "--commits", str(COMMITS), *more]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    return Path(done.stdout.strip())


def git(place: Path, *arguments: str) -> str:
    words = ["git", "-C", str(place), *arguments]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip("\n")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def sources(place: Path) -> Mapping[str, str]:
    """Path to text of every Python file of main's tip."""
    paths = [path for path in listed(place, "main") if path.endswith(".py")]
    return {path: git(place, "show", f"main:{path}") for path in paths}


def listed(place: Path, revision: str) -> list[str]:
    return git(place, "ls-tree", "-r", "-z", "--name-only", revision).strip("\0").split("\0")


def test_it_has_the_files_and_commits_that_were_asked_for(place: Path) -> None:
    assert len(listed(place, "main")) >= FILES
    assert int(git(place, "rev-list", "--count", "main")) == COMMITS
    assert git(place, "fsck", "--full", "--strict") == ""


def test_its_history_has_merges_and_renames(place: Path) -> None:
    merges = int(git(place, "rev-list", "--count", "--merges", "main"))
    assert 0.05 <= merges / COMMITS <= 0.10
    assert git(place, "log", "--format=", "-M", "--diff-filter=R", "--name-only", "main")


def test_messages_are_from_nothing_to_twenty_kilobytes_long(place: Path) -> None:
    raw = git(place, "log", "-z", "--format=%B", "main").split("\0")
    lengths = sorted(len(message.encode()) for message in raw)
    assert lengths[0] == 0
    assert lengths[len(lengths) // 2] < 500
    assert 10_000 < lengths[-1] <= 20_000


def test_the_feature_branch_is_ten_commits_that_merge_cleanly_beside_a_main_that_went_on(place: Path) -> None:
    assert int(git(place, "rev-list", "--count", "main..feature")) == 10
    assert int(git(place, "rev-list", "--count", "feature..main")) > 0
    assisted = [
        message for message in git(place, "log", "-z", "--format=%B", "main..feature").split("\0")
        if "noreply@anthropic.com" in message
    ]  # fmt: skip
    assert len(assisted) == 1
    git(place, "merge-tree", "--write-tree", "main", "feature")  # ends with 1 on a conflict


def test_topic_branches_are_gone(place: Path) -> None:
    assert git(place, "for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/feature", "refs/heads/main", "refs/notes/ai",
    ]  # fmt: skip


def test_every_import_of_its_own_packages_resolves_to_a_file(sources: Mapping[str, str]) -> None:
    modules = module_names(sources)
    wanted = [(path, name) for path in sources for name in imported(path, sources[path], modules)]
    assert len(wanted) > len(sources) / 2
    assert [one for one in wanted if one[1] not in modules.values()] == []


def test_its_modules_import_each_other_in_circles(sources: Mapping[str, str]) -> None:
    modules = module_names(sources)
    paths = [path for path in modules if not path.endswith("__init__.py")]
    graph = nx.DiGraph(
        [(modules[path], name) for path in paths for name in imported(path, sources[path], modules)]
    )
    assert any(len(circle) > 1 for circle in nx.strongly_connected_components(graph))


def test_services_stand_in_a_catalogue_with_tiers(place: Path) -> None:
    paths = [path for path in listed(place, "main") if path.endswith("catalog-info.yaml")]
    assert paths == sorted(f"services/{name}/catalog-info.yaml" for name in ("checkout", "payments"))
    assert all("blastdoor.dev/tier:" in git(place, "show", f"main:{path}") for path in paths)


def test_policy_and_people_load(place: Path) -> None:
    policy = load_policy(git(place, "show", "main:.blastdoor/policy.yaml").encode(), "policy.yaml")
    people = load_directory(git(place, "show", "main:.blastdoor/people.yaml").encode(), "people.yaml")
    assert [rule.name for rule in policy.rules][-2:] == ["never on generated keys", "safety reset"]
    assert len(people.roster.persons) == 60
    assert all(person.keys[0].startswith("ssh-ed25519 ") for person in people.roster.persons)


def test_the_same_seed_gives_the_same_commits_and_another_seed_others(place: Path, tmp_path: Path) -> None:
    tips = ("rev-parse", "main", "feature")
    assert git(make(tmp_path, hash_seed="7"), *tips) == git(place, *tips)
    assert git(make(tmp_path, "--seed", "2"), *tips) != git(place, *tips)


def test_a_repository_that_is_there_is_used_again(place: Path) -> None:
    (place / "kept").touch()
    assert make(place.parent) == place
    assert (place / "kept").exists()


def test_the_benchmark_measures_everything_and_says_of_each_aim_whether_it_is_met(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "bench" / "run.py"), "--small", "--into", str(tmp_path)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    told = json.loads((tmp_path / "figures-small.json").read_text())
    assert [figure["what"] for figure in told["figures"] if figure["failure"]] == []
    for figure in told["figures"]:
        bound = figure["aim"] and figure["aim"]["bound"]
        assert figure["value"] > 0
        assert figure["met"] == ("" if bound is None else met(figure["value"], **figure["aim"]))
        line = next(line for line in done.stdout.splitlines() if line.startswith(f"{figure['what']} "))
        assert line.endswith(figure["met"])


def met(value: float, bound: float, *, at_most: bool, later: bool) -> str:
    assert isinstance(later, bool)
    return "met" if (value <= bound if at_most else value >= bound) else "missed"


def module_names(sources: Mapping[str, str]) -> dict[str, str]:
    """Path to dotted name, for what stands in a source root."""
    named = {}
    for path in sources:
        _, found, inside = path.partition("/src/")
        if found:
            named[path] = inside.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return named


def imported(path: str, text: str, modules: Mapping[str, str]) -> Iterator[str]:
    """The dotted name of every module of the repository that a file says it imports, there or not."""
    own = {name.partition(".")[0] for name in modules.values()}
    classes = {name.rpartition(".")[2].replace("_", "").lower() for name in modules.values()}
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in own)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                package = modules[path].split(".")[: -node.level]
                source = ".".join([*package, source])
            if source.partition(".")[0] not in own:
                continue
            yield source
            for alias in node.names:
                # A class is named after its module; anything else is a module itself.
                if alias.name[0].islower():
                    yield f"{source}.{alias.name}"
                else:
                    assert alias.name.lower() in classes
