import pytest

from blastdoor.model import Signature
from blastdoor.provenance import co_authors


@pytest.mark.parametrize(
    ("line", "name", "mail"),
    [
        ("Co-authored-by: Jo Roe <jo@example.org>", "Jo Roe", "jo@example.org"),
        ("Co-Authored-By: Jo Roe <jo@example.org>", "Jo Roe", "jo@example.org"),
        ("CO-AUTHORED-BY:Jo<jo@example.org>", "Jo", "jo@example.org"),
        ("co-developed-by: Jo Roe <jo@example.org>", "Jo Roe", "jo@example.org"),
        ("Co authored by: Jo Roe <jo@example.org>", "Jo Roe", "jo@example.org"),
        ("Co-authored-by: Jo Roe jo@example.org", "Jo Roe", "jo@example.org"),
        ("Co-authored-by: Jo Roe (jo@example.org)", "Jo Roe", "jo@example.org"),
        ("Co-authored-by: Jo Roe", "Jo Roe", ""),
        ("Co-authored-by: jo@example.org", "", "jo@example.org"),
        ("Co-authored-by: <jo@example.org>", "", "jo@example.org"),
        ("* Co-authored-by: Jo Roe <jo@example.org>", "Jo Roe", "jo@example.org"),
        ("Co-authored-by: Jo Roe <jo@example.org>\r", "Jo Roe", "jo@example.org"),
        ("subject\\n\\nCo-authored-by: Jo Roe <jo@example.org>", "Jo Roe", "jo@example.org"),
        ("Co-authored-by: Zoë Đặng <zoe@example.org>", "Zoë Đặng", "zoe@example.org"),
    ],
)
def test_a_co_author_is_read_in_every_spelling(line: str, name: str, mail: str) -> None:
    assert co_authors(f"fix: x\n\n{line}\n") == (Signature(name=name, mail=mail),)


def test_a_squash_names_them_in_the_middle() -> None:
    message = (
        "Feature (#3)\n\n* first\n\nCo-authored-by: A <a@x.org>\n\n* second\n\nCo-authored-by: B <b@x.org>\n"
        "Co-authored-by: A <a@x.org>\n\n---------\n\nCo-authored-by: C <c@x.org>, D <d@x.org>\ntrailing words"
    )
    assert [who.name for who in co_authors(message)] == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "> Co-authored-by: A <a@x.org>",
        "  > Co-authored-by: A <a@x.org>",
        "> text\\nCo-authored-by: A <a@x.org>",
        "text about Co-authored-by: A <a@x.org>",
        "Reviewed-by: A <a@x.org>",
        "Signed-off-by: A <a@x.org>",
        "Co-authored-by:",
        "Co-authored-by: <>",
    ],
)
def test_nobody_is_read_where_nobody_is_named(message: str) -> None:
    assert co_authors(message) == ()


@pytest.mark.promise(4)
def test_promise_4_a_hand_in_a_code_fence_or_without_a_colon_is_a_hand() -> None:
    message = "x\n\n```\nCo-authored-by: Jane Doe <jane@example.org>\n```\nCo-Authored-By Ana Roe <ana@example.org>\n"
    assert [one.mail for one in co_authors(message)] == ["jane@example.org", "ana@example.org"]
