"""Commit messages: 0 to 20,000 bytes, long-tailed, some with the marks that tools leave."""

from bench.synthetic.draw import Draw
from bench.synthetic.people import Author
from bench.synthetic.words import MODULES, PROSE, SERVICES, TRAPS, VERBS

LONGEST = 20_000
#: Bytes of body: share, (from, to).
_LENGTHS = (
    (0.46, (0, 0)),
    (0.33, (60, 500)),
    (0.14, (500, 2_000)),
    (0.050, (2_000, 6_000)),
    (0.016, (6_000, 12_000)),
    (0.004, (12_000, LONGEST)),
)
_KINDS = ("fix", "feat", "chore", "docs", "refactor", "test", "perf")
_LINES = 4_000

#: What assistants and agents leave below a message. Each is how that tool writes today.
MARKS = (
    """🤖 Generated with [Claude Code](https://claude.com/claude-code)

Co-Authored-By: Claude <noreply@anthropic.com>""",
    "Co-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>",
    "Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>",
    "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>",
    "Co-authored-by: Cursor <cursoragent@cursor.com>",
    "Made-with: Cursor",
    "Co-authored-by: Codex <codex@openai.com>",
    "Co-authored-by: aider (gpt-5) <aider@aider.chat>",
    "Co-authored-by: gemini-cli <218312386+gemini-cli@users.noreply.github.com>",
    "Co-authored-by: openhands <openhands@all-hands.dev>",
    "Amp-Thread-ID: https://ampcode.com/threads/T-5f1c0f0a\nCo-authored-by: Amp <amp@ampcode.com>",
    "🤖 Generated with [opencode](https://opencode.ai)\n\nCo-Authored-By: opencode <noreply@opencode.ai>",
    "Assisted-by: Claude Code",
    "Generated-by: GPT-5",
    "PR created automatically by Jules for task [123](https://jules.google.com/task/123)",
)
#: Agents that commit under their own name.
AGENTS = (
    Author(name="copilot-swe-agent[bot]", mail="198982749+copilot-swe-agent[bot]@users.noreply.github.com"),
    Author(
        name="devin-ai-integration[bot]",
        mail="158243242+devin-ai-integration[bot]@users.noreply.github.com",
    ),
    Author(name="google-labs-jules[bot]", mail="161369871+google-labs-jules[bot]@users.noreply.github.com"),
)
#: Programs that are no model.
ROBOTS = (
    Author(name="dependabot[bot]", mail="49699333+dependabot[bot]@users.noreply.github.com"),
    Author(name="renovate[bot]", mail="29139614+renovate[bot]@users.noreply.github.com"),
)


class Messages:
    """Writes messages; `people` are who co-authors and signs off."""

    def __init__(self, draw: Draw, people: tuple[Author, ...]) -> None:
        self._draw = draw
        self._people = people
        self._lines = tuple(self._line() for _ in range(_LINES))
        self._request = 0

    def plain(self, area: str) -> str:
        """A person's message; one in 300 is empty."""
        draw = self._draw
        if draw.chance(1 / 300):
            return ""
        low, high = draw.by_share(_LENGTHS)
        subject = self.subject(area)
        if not high:
            return subject + self._sign_offs()
        body = self._squashed(draw.between(low, high), area) if low >= 500 and draw.chance(0.4) else ""
        return _fit(subject, body or self._prose(draw.between(low, high)), self._sign_offs())

    def assisted(self, area: str, mark: str = "") -> str:
        """A message with an AI tool's mark: this one, or any."""
        low, high = self._draw.by_share(_LENGTHS)
        return _fit(
            self.subject(area),
            self._prose(self._draw.between(low, high)),
            "\n\n" + (mark or self._draw.pick(MARKS)) + "\n",
        )

    def bump(self, package: str) -> str:
        """A dependency robot's message."""
        draw = self._draw
        old, new = draw.between(0, 8), draw.between(9, 20)
        subject = f"build(deps): bump {package} from 1.{old}.0 to 1.{new}.0"
        return _fit(subject, self._prose(draw.between(400, 3_000)), "\n\nSigned-off-by: dependabot[bot] "
                    "<support@github.com>\n")  # fmt: skip

    def merge(self, topic: str) -> str:
        """A merge's message."""
        return f"Merge pull request #{self._next_request()} from shop/{topic}\n\n{self.subject(topic)}\n"

    def subject(self, area: str) -> str:
        """One line, half of them in the conventional form, a third with a request's number."""
        draw = self._draw
        said = f"{draw.pick(VERBS)} {draw.pick(MODULES)} {draw.pick(PROSE)} {draw.pick(MODULES)}"
        line = f"{draw.pick(_KINDS)}({area}): {said}" if draw.chance(0.5) else f"{area}: {said}"
        return f"{line} (#{self._next_request()})" if draw.chance(0.33) else line

    def _next_request(self) -> int:
        self._request += 1
        return self._request

    def _line(self) -> str:
        words: list[str] = []
        room = self._draw.between(30, 68)
        while room > 0:
            words.append(self._draw.pick(TRAPS if self._draw.chance(1 / 400) else PROSE))
            room -= len(words[-1]) + 1
        return " ".join(words).capitalize()

    def _prose(self, length: int) -> str:
        lines: list[str] = []
        while length > 0:
            lines.append("" if self._draw.chance(0.12) else self._draw.pick(self._lines))
            length -= len(lines[-1]) + 1
        return "\n".join(lines)

    def _squashed(self, length: int, area: str) -> str:
        """As forges write a squash: every commit's message as an item."""
        items: list[str] = []
        while length > 0:
            item = f"* {self.subject(area)}"
            if self._draw.chance(0.4):
                item += "\n\n" + self._prose(self._draw.between(60, 400))
            items.append(item)
            length -= len(item) + 2
        return "\n\n".join(items)

    def _sign_offs(self) -> str:
        draw, lines = self._draw, []
        if draw.chance(0.08):
            other = draw.pick_early(self._people)
            lines.append(f"Co-authored-by: {other.name} <{other.mail}>")
        if draw.chance(0.15):
            other = draw.pick_early(self._people)
            lines.append(f"Signed-off-by: {other.name} <{other.mail}>")
        if draw.chance(0.03):
            lines.append(f"Refs: {draw.pick(SERVICES).upper()}-{draw.between(1, 9_000)}")
        return "\n\n" + "\n".join(lines) + "\n" if lines else "\n"


def _fit(subject: str, body: str, end: str) -> str:
    """The parts as one message of at most LONGEST bytes; the body gives way."""
    room = LONGEST - len(f"{subject}\n\n{end}".encode())
    cut = body.encode()[: max(0, room)].decode(errors="ignore")
    return f"{subject}\n\n{cut}{end}"
