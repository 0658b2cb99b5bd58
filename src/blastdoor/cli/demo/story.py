"""The story, step by step; each step runs the real command and shows what it prints."""

import shlex
from pathlib import Path

import click

from blastdoor.cli import approve, check
from blastdoor.cli.demo.people import MEMBERS, make_keys, people_yaml
from blastdoor.cli.demo.shop import Git, build_shop
from blastdoor.errors import IntegrityError

_PASS, _HOLD, _REFUSED = 0, 10, 11

_DISCOUNT = "libs/pricing/src/pricing/discount.py"
_VOUCHERS = """\
from pricing.rates import DELIVERY


def discounted(total: int, percent: int) -> int:
    if not 0 <= percent <= 100:
        raise ValueError(f"a discount of {percent} %")
    return total - total * percent // 100 + DELIVERY
"""
_ROUNDED = _VOUCHERS.replace("percent // 100", "percent / 100")
_TESTED = """\
from pricing.discount import discounted


def test_a_discount_is_taken_off() -> None:
    assert discounted(1000, 10) == 1400
"""
_AI_MARK = "Co-Authored-By: Claude <noreply@anthropic.com>"


def play(folder: Path) -> int:
    """Play it all; 0 if every step ended as told."""
    _Story(folder).play()
    return 0


class _Story:
    def __init__(self, folder: Path) -> None:
        self.folder, self.keys = folder, folder / "keys"
        self.shop = folder / "shop"

    def play(self) -> None:
        self._tell(f"A shop with a dozen services is made in {self.folder}")
        git = build_shop(self.shop, people_yaml(make_keys(self.keys)))
        self._say(
            f"{git('rev-list', '--count', 'main')} commits on main; its rules stand in .blastdoor/ there."
        )
        self._change(git)
        self._refusals()
        self._approvals()
        self._another_commit(git)
        self._rebase(git)
        self._deploy(git)
        self._tell("That was it. The shop, its people's keys and all approvals are left for you:")
        self._say(f"cd {shlex.quote(str(self.shop))}")
        self._say("blastdoor check")
        self._say("blastdoor approve --key ../keys/p_ines")
        self._say("blastdoor approve --key ../keys/p_vera --reject --reason 'not on a Friday'")

    def _change(self, git: Git) -> None:
        self._tell(
            "Paul lets an AI assistant change how discounts work, and the shop's own agent adds a test."
        )
        git("switch", "--quiet", "-c", "feature/vouchers")
        paul, coder = MEMBERS["p_paul"], MEMBERS["a_coder"]
        git.commit(paul, f"Refuse discounts that are none\n\n{_AI_MARK}", {_DISCOUNT: _VOUCHERS})
        git.commit(coder, "Test the discount", {"libs/pricing/tests/test_discount.py": _TESTED})
        self._say("pricing is a library; basket and checkout import it, and checkout is tier 1.")
        self._check(_HOLD)

    def _refusals(self) -> None:
        self._tell("Who cannot vouch for it: its author, a bot, the agent's owner, a junior.")
        for id_ in ("p_paul", "a_coder", "p_vera", "p_kim"):
            self._approve(id_, _REFUSED)

    def _approvals(self) -> None:
        self._tell("A peer and a senior read it and say yes, each with their own key.")
        self._approve("p_jonas", _PASS)
        self._approve("p_ines", _PASS)
        self._check(_PASS)

    def _another_commit(self, git: Git) -> None:
        self._tell("Paul adds one more commit. What was approved is no longer what would go out.")
        git.commit(MEMBERS["p_paul"], "Round prices", {_DISCOUNT: _ROUNDED})
        self._check(_HOLD)

    def _rebase(self, git: Git) -> None:
        self._tell("He takes it back. Meanwhile main has moved on; he rebases, and no conflict comes up.")
        git("reset", "--quiet", "--hard", "HEAD~1")
        git("switch", "--quiet", "main")
        git.commit(
            MEMBERS["p_jonas"],
            "Tell about stock",
            {"services/stock/README.md": "# stock\n\nCounts what is there.\n"},
        )
        git("switch", "--quiet", "feature/vouchers")
        git("rebase", "--quiet", "main")
        self._say(
            "Every commit id is new. Our own merge of the approved head gives the same tree: it carries."
        )
        self._check(_PASS)

    def _deploy(self, git: Git) -> None:
        self._tell("It lands on main, squashed. Late that evening somebody pushes straight to main as well.")
        running = git("rev-parse", "main")
        git("switch", "--quiet", "main")
        git("merge", "--quiet", "--squash", "feature/vouchers")
        git("commit", "--quiet", "-m", "Vouchers (squashed)")
        late = {"services/stock/src/stock/late.py": "LATE = True\n"}
        git.commit(MEMBERS["p_jonas"], "Just this once", late)
        self._say("A deployment is decided landing by landing: one was approved, one nobody has seen.")
        words = ("--to", "main", "--from", running[:12])
        self._check(_HOLD, *words)
        self._tell("Ines and Paul look at it afterwards, and vouch for exactly that landing.")
        for id_ in ("p_ines", "p_paul"):
            self._approve(id_, _PASS, "--landed", git("rev-parse", "main")[:12])
        self._check(_PASS, *words)
        # Something is left to be looked at.
        git("switch", "--quiet", "-c", "feature/stock")
        git.commit(MEMBERS["p_jonas"], "Say what stock is", {"services/stock/README.md": "# stock\n"})

    def _check(self, expected: int, *words: str) -> None:
        click.secho(" ".join(["\n$ blastdoor check", *words]), bold=True)
        self._run(check.command, ["--repo", str(self.shop), *words], expected)

    def _approve(self, id_: str, expected: int, *words: str) -> None:
        click.secho(" ".join([f"\n$ blastdoor approve --key ../keys/{id_}", *words]), bold=True)
        key = str(self.keys / id_)
        self._run(approve.command, ["--repo", str(self.shop), "--key", key, *words], expected)

    def _run(self, command: click.Command, words: list[str], expected: int) -> None:
        status = command.main(words, standalone_mode=False)
        click.secho(f"(exit status {status})", dim=True)
        if status != expected:
            # A demo that tells one thing and shows another is a fault of ours, not of the reader's.
            raise IntegrityError(f"the story expects exit status {expected} here, not {status}")

    def _tell(self, text: str) -> None:
        click.secho(f"\n━━ {text}", bold=True, fg="cyan")

    def _say(self, text: str) -> None:
        click.echo(f"   {text}")
