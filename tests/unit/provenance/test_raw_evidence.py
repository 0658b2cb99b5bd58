"""What is kept of a text: enough to see why, and no person's name or mailbox."""

import msgspec
import pytest

from blastdoor.formats import canonical_bytes
from blastdoor.model import Commit, Signal, Signature
from blastdoor.provenance import builtin_registry, scan

_JANE = Signature(name="Jane Doe", mail="jane@example.org")


def found(message: str = "", author: Signature = _JANE) -> tuple[Signal, ...]:
    return scan(
        Commit(id="a" * 40, parents=(), author=author, committer=_JANE, message=message), builtin_registry()
    )


def only(message: str = "", author: Signature = _JANE) -> Signal:
    (signal,) = found(message, author)
    return signal


def test_an_aider_identity_names_no_person() -> None:
    assert (
        only(author=Signature(name="Jane Doe (aider)", mail="jane@example.org")).raw == "… (aider) <redacted>"
    )
    trailer = only("x\n\nCo-authored-by: Jane Doe (aider) <jane@example.org>")
    assert trailer.raw == "Co-authored-by: … (aider) <redacted>"


def test_a_tools_own_mailbox_stays_beside_another_tools_name() -> None:
    signal = only("x\n\nCo-authored-by: Qwen Code <noreply@anthropic.com>")
    assert signal.raw == "Co-authored-by: Qwen Code <noreply@anthropic.com>"


def test_a_models_name_with_its_vendor_stays() -> None:
    signal = only("x\n\nCo-authored-by: OpenAI GPT 5.5 <noreply@openai.com>")
    assert signal.raw == "Co-authored-by: OpenAI GPT 5.5 <noreply@openai.com>"


def test_a_persons_name_over_a_tools_mailbox_does_not_stay() -> None:
    author = Signature(name="Jane Doe", mail="noreply@anthropic.com")
    assert only(author=author).raw == "… <noreply@anthropic.com>"


@pytest.mark.parametrize(
    "line",
    [
        "Assisted-by: ChatGPT for jane@example.org",
        "Assisted-by: ChatGPT <jane@example.org>",
        "Assisted-by: ChatGPT (jane@example.org)",
        "Co-authored-by: Claude Code <jane@example.org>",
        "Co-authored-by: Claude jane@example.org <noreply@anthropic.com>",
        "Assisted-by: GPT-5 jo@example.com jane@example.org",
        "AI-assisted: yes, asked by jane@example.org",
        "🤖 Generated with Claude Code (jane@example.org)",
        "https://app.devin.ai/sessions/1?user=jane@example.org",
        "AI-assisted: yes " + "y" * 970 + " jane@example.org",
    ],
)
def test_a_persons_mailbox_never_stays(line: str) -> None:
    signal = only(line)
    assert "jane" not in signal.raw
    assert "example.org" not in signal.raw


def test_other_peoples_trailers_leave_nothing() -> None:
    message = "x\n\nCo-authored-by: Jo Roe <jo@example.org>, Claude <noreply@anthropic.com>"
    assert only(message).raw == "Co-authored-by: Claude <noreply@anthropic.com>"


def test_raw_and_model_are_short_printable_and_canonical() -> None:
    message = "Assisted-by: ChatGPT \x1b[31m\u202e\x00\ud800 (GPT-5\t\ud800" + "x" * 5000 + ")"
    signal = only(message)
    assert len(signal.raw) <= 200
    assert signal.raw.isprintable()
    assert isinstance(signal.model, str)
    assert signal.model.startswith("GPT-5")
    assert len(signal.model) <= 200
    assert signal.model.isprintable()
    assert msgspec.json.decode(canonical_bytes(signal), type=Signal) == signal
