"""The shop: a git repository with a dozen services in a catalogue, several authors and a real history."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from blastdoor.cli.demo.people import MEMBERS, Member
from blastdoor.errors import SourceError
from blastdoor.policy import starting_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service: how critical, what it calls at run time, and which libraries its code imports."""

    tier: int
    calls: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


SERVICES = {
    "storefront": Service(tier=2, calls=("catalogue", "basket", "search")),
    "catalogue": Service(tier=2, imports=("money",)),
    "search": Service(tier=3, calls=("catalogue",)),
    "basket": Service(tier=2, calls=("catalogue",), imports=("pricing",)),
    "checkout": Service(tier=1, calls=("basket", "payments", "stock"), imports=("pricing", "money")),
    "payments": Service(tier=1, imports=("money",)),
    "stock": Service(tier=2),
    "shipping": Service(tier=2, calls=("stock",)),
    "accounts": Service(tier=2),
    "mailer": Service(tier=3, calls=("accounts",)),
    "reviews": Service(tier=3, calls=("accounts",)),
    "reports": Service(tier=4, calls=("payments",), imports=("money",)),
}

_LIBRARIES = {
    "money": {
        "__init__.py": '"""Amounts of money, in whole cents."""\n',
        "amount.py": "def cents(euros: int) -> int:\n    return euros * 100\n",
    },
    "pricing": {
        "__init__.py": '"""What things cost."""\n',
        "rates.py": "from money.amount import cents\n\nDELIVERY = cents(5)\n",
        "discount.py": (
            "from pricing.rates import DELIVERY\n\n\n"
            "def discounted(total: int, percent: int) -> int:\n"
            "    return total - total * percent // 100 + DELIVERY\n"
        ),
    },
}


class Git:
    """The git program in one folder, with nothing of the machine's own settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, who: Member | None = None, stdin: str | None = None) -> str:
        """Run git; gives what it printed."""
        member = who or MEMBERS["p_paul"]
        identity = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", member.name), ("EMAIL", member.mail))
        }
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = subprocess.run(
                ["git", *words],
                cwd=self.folder,
                env=clean | quiet | identity,
                input=stdin,
                text=True,
                capture_output=True,
                check=True,
                timeout=60,
            )
        except FileNotFoundError as error:
            raise SourceError("git is not installed", hint="the demo makes a git repository") from error
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise SourceError(f"git {words[0]} failed: {str(error.stderr or error).strip()[:200]}") from error
        return done.stdout.strip()

    def commit(self, who: Member, message: str, files: Mapping[str, str]) -> None:
        """Write files and commit them."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self("add", "--", *files)
        self("commit", "--quiet", "-m", message, who=who)


def build_shop(folder: Path, people: str) -> Git:
    """Make the repository, its history and its rules on main."""
    folder.mkdir()
    git = Git(folder)
    git("init", "--quiet", "--initial-branch=main")
    paul, jonas, ines = MEMBERS["p_paul"], MEMBERS["p_jonas"], MEMBERS["p_ines"]
    git.commit(ines, "Begin the shop", {"README.md": "# The shop\n\nTwelve services and two libraries.\n"})
    for name, files in _LIBRARIES.items():
        sources = {f"libs/{name}/src/{name}/{file}": text for file, text in files.items()}
        git.commit(paul, f"Add the library {name}", sources)
    authors: Sequence[Member] = (jonas, paul, ines)
    for number, (name, service) in enumerate(SERVICES.items()):
        git.commit(authors[number % len(authors)], f"Add {name}", _service_files(name, service))
    rules = {
        ".blastdoor/policy.yaml": starting_policy("main", "enforce"),
        ".blastdoor/people.yaml": people,
    }
    git.commit(ines, "Put a door before production", rules)
    return git


def _service_files(name: str, service: Service) -> dict[str, str]:
    imports = "".join(
        "from pricing.discount import discounted\n"
        if library == "pricing"
        else "from money.amount import cents\n"
        for library in service.imports
    )
    calls = "".join(f"    - component:{other}\n" for other in service.calls)
    catalogue = (
        "apiVersion: backstage.io/v1alpha1\n"
        "kind: Component\n"
        f'metadata:\n  name: {name}\n  annotations:\n    blastdoor.dev/tier: "{service.tier}"\n'
        "spec:\n  type: service\n  lifecycle: production\n  owner: group:shop\n"
        + (f"  dependsOn:\n{calls}" if calls else "")
    )
    source = f"services/{name}/src/{name}"
    return {
        f"services/{name}/catalog-info.yaml": catalogue,
        f"{source}/__init__.py": f'"""The service {name}."""\n',
        f"{source}/app.py": f"{imports}\n\ndef handle(request: str) -> str:\n    return request\n",
    }
