"""Policy files: what loads is unambiguous; what is wrong is named with its line."""

import pytest

from blastdoor.errors import InputError
from blastdoor.policy import Approvals, load_policy, starting_policy

GOOD = """\
version: 1
mode: { production: observe }
groups:
  senior: { level_at_least: senior }
  peer: { level_at_least: engineer }
environments:
  production: { branch: main }
default: { require: [{ approvals: 1, from: peer }] }
rules:
  - name: first
    when: at_least(reach.level, "high")
    require: [{ approvals: 2, from: peer }, { approvals: 1, from: senior, presence: true }]
"""

DESIGN = """\
version: 1
mode: { production: observe }
groups:
  senior: { level_at_least: senior }
  peer:   { level_at_least: engineer }
environments:
  production: { branch: main }
default: { require: [{ approvals: 1, from: peer }] }
rules:
  - name: AI-assisted changes need a senior engineer
    when: at_least(provenance.state, "ai_disclosed") && !reach.docs_only
    require: [{ approvals: 1, from: senior }]
  - name: undisclosed counts as AI on tier 1
    when: at_least(provenance.state, "no_disclosure") && at_least(reach.tier, 1)
    require: [{ approvals: 1, from: senior }]
  - name: destroying state takes presence and a way back
    when: reach.irreversible
    require: [{ approvals: 2, from: senior, presence: true }, { rollback_plan: true }]
  - name: reviewers of AI work know the tools
    when: at_least(provenance.state, "ai_disclosed")
    require: [{ approvals: 1, from: senior, trained: genai-review, within_days: 365 }]
overlays:
  - name: safety reset
    from: 2026-03-10
    until: 2026-06-08
    when: at_least(reach.tier, 1)
    require: [{ approvals: 2, from: peer }, { change_record: true }]
"""


def test_a_policy_keeps_its_rules_in_order_behind_the_default() -> None:
    policy = load_policy(GOOD.encode(), "policy.yaml")
    assert [rule.name for rule in policy.rules] == ["default", "first"]
    assert policy.rules[1].require[0] == Approvals(count=2, group="peer")


def test_the_whole_vocabulary_loads() -> None:
    policy = load_policy(DESIGN.encode(), "policy.yaml")
    overlay = policy.rules[-1]
    assert not overlay.in_force("2026-03-09")
    assert overlay.in_force("2026-03-10")
    assert overlay.in_force("2026-06-08")
    assert not overlay.in_force("2026-06-09")


def test_silence_about_the_mode_enforces() -> None:
    silent = GOOD.replace("mode: { production: observe }\n", "")
    assert load_policy(silent.encode(), "policy.yaml").environments[0].mode == "enforce"


@pytest.mark.parametrize("branch", ["main", "it's", "release/2", 'a"b', "true", "#1", "{x}"])
def test_the_starting_policy_loads_for_any_branch(branch: str) -> None:
    policy = load_policy(starting_policy(branch, "enforce").encode(), "policy.yaml")
    assert (policy.environments[0].branch, policy.environments[0].mode) == (branch, "enforce")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 1", "version: 1\nid: a b", "policy.yaml:2: id: an id has letters"),
        ("  production: { branch: main }", "  {}", "mode.production: no environment is called production"),
        (
            "require: [{ approvals: 2, from: peer }, {",
            "require: [{ change_record: false }, {",
            "asks for nothing",
        ),
        ("require: [{ approvals: 2, from: peer }, {", "require: [{}, {", "one requirement a list item"),
        ("rules:", "overlays:\n  - { name: x, when: 'true', from: soon, forbid: x }\nrules:", "a date as"),
        ("rules:", "overlays:" + "\n  - { name: x, when: '', forbid: x }\nrules:", "a value is missing here"),
        (
            "rules:",
            (
                "overlays:\n  - { name: x, when: 'true', from: 2026-02-01, until: 2026-01-01, forbid: x }\n"
                "rules:"
            ),
            "this is before `from`",
        ),
        ("environments:\n", "environments: 3\nx:\n", "unknown field `x`"),
        ("version: 1", "version: 2", "policy.yaml:1: version: this Blastdoor reads version 1"),
        ("version: 1\n", "", "policy.yaml:1: `version:` is missing"),
        ("rules:", "rulse:", "policy.yaml:9: unknown field `rulse`"),
        ("observe }", "watch }", "policy.yaml:2: mode.production: a mode is observe or enforce"),
        ("{ production: observe }", "{ staging: observe }", "policy.yaml:2: mode.staging: no environment"),
        ("peer: { level_at_least: engineer }", "peer: {}", "policy.yaml:5: groups.peer: an empty group"),
        ("from: peer }] }", "from: pear }] }", "no group is called pear"),
        ("require: [{ approvals: 1, from: peer }] }", "require: [] }", "an empty list asks for nothing"),
        (
            "default: { require: [{ approvals: 1, from: peer }] }\n",
            "",
            "policy.yaml:1: `default:` is missing",
        ),
        (
            "[{ approvals: 1, from: peer }] }\nrules",
            "[{ rollback_plan: true }] }\nrules",
            "the default must ask for at least one approval",
        ),
        ("approvals: 2", "approvals: 0", "a count from 1 to 20 is wanted here"),
        ("approvals: 2", "approvals: two", "a whole number is wanted here, not 'two'"),
        ("approvals: 2", "aprovals: 2", "unknown field `aprovals`"),
        ("presence: true", "presence: yes", "true or false is wanted here"),
        ("presence: true", "within_days: 3", "within_days goes with trained"),
        ('"high"', '"hgih"', 'policy.yaml:11: rules[0].when: "hgih" is not on the scale'),
        ("name: first", "name: default", "a rule called 'default' is there already"),
        (
            "    require: [{ approvals: 2",
            "    forbid: no\n    require: [{ approvals: 2",
            "either `require:` or",
        ),
        ("    when:", "    when:\n    when:", "`when` stands here twice"),
        ("    when: at", "    from: 2026-01-01\n    when: at", "unknown field `from`"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        load_policy(GOOD.replace(old, new).encode(), "policy.yaml")
    assert says in caught.value.message
    assert caught.value.message.startswith("policy.yaml:")


def test_an_unknown_environment_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="no environment called 'staging'"):
        load_policy(GOOD.encode(), "policy.yaml").environment("staging")
