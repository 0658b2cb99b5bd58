from collections.abc import Iterator

import pytest

from blastdoor.model import Commit, Signature
from blastdoor.provenance import assess, builtin_registry, scan

_JANE = Signature(name="Jane Doe", mail="jane@example.org")
_BOT = Signature(name="dependabot[bot]", mail="49699333+dependabot[bot]@users.noreply.github.com")
_AI = "x\n\nCo-authored-by: Claude <noreply@anthropic.com>\n"


def a_commit(number: int = 1, message: str = "x", author: Signature = _JANE) -> Commit:
    return Commit(id=f"{number:040x}", parents=(), author=author, committer=_JANE, message=message)


@pytest.mark.parametrize(
    ("commits", "state"),
    [
        ([], "no_disclosure"),
        ([a_commit()], "no_disclosure"),
        ([a_commit(author=_BOT)], "automation"),
        ([a_commit(author=_BOT), a_commit()], "no_disclosure"),
        ([a_commit(message=_AI)], "ai_disclosed"),
        ([a_commit(), a_commit(message=_AI), a_commit()], "ai_disclosed"),
        ([a_commit(author=_BOT), a_commit(author=_BOT, message=_AI)], "ai_disclosed"),
        ([a_commit(message="Assisted-by: AI")], "ai_disclosed"),
        ([a_commit(message="x\n\nCo-authored-by: dependabot[bot] <support@github.com>")], "no_disclosure"),
    ],
)
def test_the_state_of_a_change(commits: list[Commit], state: str) -> None:
    provenance = assess(iter(commits), builtin_registry())
    assert provenance.state == state
    assert provenance.assurance == "asserted"
    assert provenance.registry == builtin_registry().digest
    assert provenance.signals == tuple(one for commit in commits for one in scan(commit, builtin_registry()))


def test_a_robot_claimed_in_a_commit_lowers_nothing() -> None:
    assert assess([a_commit(author=_BOT)], builtin_registry()).effective == "no_disclosure"


def test_a_long_history_keeps_few_signals_and_every_tool() -> None:
    def commits() -> Iterator[Commit]:
        for number in range(3000):
            yield a_commit(
                number, f"x\n\nAI-assisted: {number}\nCo-authored-by: Claude <noreply@anthropic.com>\n"
            )
        yield a_commit(3000, "x\n\nMade-with: Cursor\n")

    provenance = assess(commits(), builtin_registry())
    assert provenance.state == "ai_disclosed"
    assert len(provenance.signals) <= 1100
    assert provenance.signals[-1].tool == "cursor"
    alike = [one for one in provenance.signals if one.raw.startswith("Co-authored-by: Claude")]
    assert 1 < len(alike) <= 21


def test_late_evidence_is_not_lost_behind_a_thousand_robots() -> None:
    robots = [
        a_commit(
            number,
            f"x\n\nCo-authored-by: dependabot[bot] <{number}+dependabot[bot]@users.noreply.github.com>",
        )
        for number in range(1500)
    ]
    assert assess(robots, builtin_registry()).state == "no_disclosure"
    provenance = assess([*robots, a_commit(9999, _AI)], builtin_registry())
    assert provenance.state == "ai_disclosed"
    assert provenance.signals[-1].tool == "claude-code"
