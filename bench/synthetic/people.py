"""The shop's persons: who commits, and `.blastdoor/people.yaml`."""

import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.synthetic.draw import Draw
from bench.synthetic.words import FIRST_NAMES, LAST_NAMES, SERVICES

_LEVELS = ((0.2, "junior"), (0.5, "engineer"), (0.25, "senior"), (0.05, "principal"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who a commit says wrote it."""

    name: str
    mail: str

    def line(self, seconds: int, zone: str) -> str:
        """Name, mailbox and time as a commit holds them."""
        return f"{self.name} <{self.mail}> {seconds} {zone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """A person of the roster: the author they commit as, and their entry's fields."""

    id: str
    author: Author
    level: str
    team: str
    github: int
    active: bool

    def entry(self) -> str:
        """The person's lines in people.yaml."""
        return (
            f"  - id: {self.id}\n"
            f"    name: {self.author.name}\n"
            f"    level: {self.level}\n"
            f"    teams: [{self.team}]\n"
            f"    active: {'true' if self.active else 'false'}\n"
            "    accounts:\n"
            f"      - {{ provider: git, id: {_mailbox(self.author.name)} }}\n"
            f"      - {{ provider: github, id: {self.github} }}\n"
            f'    keys: ["{public_key(self.id)} {self.id}"]\n'
        )


def employees(draw: Draw, count: int) -> tuple[Employee, ...]:
    """So many persons; one in four commits with GitHub's noreply mailbox."""
    made = []
    for index in range(count):
        name = f"{FIRST_NAMES[index % len(FIRST_NAMES)]} {LAST_NAMES[index * 7 % len(LAST_NAMES)]}"
        if index >= len(FIRST_NAMES) * len(LAST_NAMES):
            name += f" {index}"
        id_ = "p_" + _plain(name).replace(" ", "_").lower()
        github = 1_000_000 + index * 7919
        noreply = f"{github}+{id_[2:].replace('_', '-')}@users.noreply.github.com"
        made.append(
            Employee(
                id=id_,
                author=Author(name=name, mail=noreply if draw.chance(0.25) else _mailbox(name)),
                level="senior" if index == 0 else draw.by_share(_LEVELS),
                team=draw.pick(SERVICES),
                github=github,
                active=index == 0 or draw.chance(0.9),
            )
        )
    return tuple(made)


def people_yaml(people: tuple[Employee, ...]) -> str:
    """The roster file, with one agent of one owner and one that is shared."""
    return (
        "version: 1\npersons:\n"
        + "".join(person.entry() for person in people)
        + "agents:\n"
        + f"  - id: a_shopbot\n    owner: {people[0].id}\n"
        + "    accounts: [{ provider: git, id: shopbot@shop.example }]\n"
        + "  - id: a_nightly\n    accounts: [{ provider: git, id: nightly@shop.example }]\n"
    )


def private_key(person: str) -> Ed25519PrivateKey:
    """A key anybody can make again from the person's id. It protects nothing."""
    return Ed25519PrivateKey.from_private_bytes(sha256(b"blastdoor bench " + person.encode()).digest())


def public_key(person: str) -> str:
    """The public half of `private_key` as `ssh-ed25519 <base64>`."""
    return private_key(person).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _mailbox(name: str) -> str:
    return _plain(name).replace(" ", ".").lower() + "@shop.example"


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
