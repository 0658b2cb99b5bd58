"""Groups: every field that is given must hold."""

import pytest

from blastdoor.policy import Group, load_policy
from builders import LEVELS, a_person


@pytest.mark.parametrize(
    ("group", "belongs"),
    [
        (Group(name="g", level_at_least="senior"), True),
        (Group(name="g", level_at_least="principal"), False),
        (Group(name="g", level_at_least="wizard"), False),
        (Group(name="g", team="payments"), True),
        (Group(name="g", team="search"), False),
        (Group(name="g", persons=("p_x",)), True),
        (Group(name="g", persons=("p_y",)), False),
        (Group(name="g", level_at_least="senior", team="search"), False),
        (Group(name="g", team="payments", persons=("p_x", "p_y")), True),
    ],
)
def test_a_person_belongs_if_every_field_holds(group: Group, belongs: bool) -> None:
    person = a_person("p_x", "senior", teams=("payments",))
    assert group.has(person, LEVELS) is belongs


def test_nobody_inactive_belongs_anywhere() -> None:
    assert not Group(name="g", team="payments").has(
        a_person("p_x", teams=("payments",), active=False), LEVELS
    )


def test_a_policy_of_too_many_rules_is_refused() -> None:
    rules = "".join(f"  - {{ name: r{number}, when: 'true', forbid: x }}\n" for number in range(1001))
    head = "version: 1\ngroups: { peer: { team: a } }\nenvironments: { production: { branch: main } }\n"
    text = f"{head}default: {{ require: [{{ approvals: 1, from: peer }}] }}\nrules:\n{rules}"
    with pytest.raises(Exception, match="1002 rules; at most 1000 are read"):
        load_policy(text.encode(), "policy.yaml")
