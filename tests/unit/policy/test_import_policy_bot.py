"""policy-bot's rules as ours: what is carried over, and what is told of the rest."""

import pytest

from blastdoor.errors import InputError
from blastdoor.people import load_directory
from blastdoor.policy import Approvals, CheckNeeded, Policy, Rule, load_policy
from blastdoor.policy.importing import Imported, import_policy, left_page

SHOP = """\
policy:
  approval:
    - or:
        - payments have approved
        - a lead has approved
        - only the handbook has changed
    - the schema is reviewed
    - the build is green
  disapproval:
    requires:
      organizations: [shop]
approval_rules:
  - name: payments have approved
    description: the ordinary way in
    options:
      allow_contributor: true
      invalidate_on_push: true
      methods: { comments: [":+1:"], github_review: true }
    requires:
      count: 1
      teams: ["shop/payments"]
  - name: a lead has approved
    requires: { count: 1, users: [Ada-L, "helper[bot]"] }
  - name: only the handbook has changed
    if:
      only_changed_files: { paths: ['^handbook/.*\\.md$'] }
  - name: the schema is reviewed
    if:
      changed_files:
        paths: ['^db/.*\\.sql$', '^(go\\.mod|go\\.sum)$']
    requires:
      count: 2
      teams: ["shop/dba"]
      permissions: [admin]
  - name: the build is green
    requires:
      conditions:
        has_status: { statuses: [build], conclusions: [success, skipped] }
  - name: nobody names this
    requires: { count: 1, users: [ada-l] }
"""


def drafted(text: str, branch: str = "main") -> tuple[Imported, Policy]:
    imported = import_policy(text.encode(), ".policy.yml", branch)
    load_directory(imported.people.encode(), "people.yaml")
    return imported, load_policy(imported.policy.encode(), "policy.yaml")


def rule(policy: Policy, name: str) -> Rule:
    return next(one for one in policy.rules if one.name == name)


def why(imported: Imported, what: str) -> tuple[str, int]:
    found = next(one for one in imported.left if what in one.what)
    return found.differs, found.line


def of_rules(approval: str, *rules: str) -> str:
    lines = "".join(f"  - {{ {one} }}\n" for one in rules)
    return f"policy:\n  approval: {approval}\napproval_rules:\n{lines}"


A = "name: a, requires: { count: 1, teams: [shop/red] }"
B = "name: b, requires: { count: 1, teams: [shop/blue] }"


def test_ways_that_always_apply_become_one_demand_of_all_their_approvers() -> None:
    _, policy = drafted(SHOP)
    (default,) = policy.rules[0].require
    assert isinstance(default, Approvals)
    group = policy.group(default.group)
    assert default.count == 1
    assert isinstance(group.any_of, tuple)
    assert (group.any_of[0].team, group.any_of[1].persons) == ("payments", ("p_ada_l",))


def test_a_rule_for_paths_asks_where_they_are_touched() -> None:
    _, policy = drafted(SHOP)
    schema = rule(policy, "the schema is reviewed")
    assert schema.when == 'touches("db/**/*.sql") || touches("go.mod") || touches("go.sum")'
    (one,) = schema.require
    assert isinstance(one, Approvals)
    assert one.count == 2


def test_a_check_is_asked_of_a_producer_that_has_to_be_listed() -> None:
    imported, policy = drafted(SHOP)
    assert rule(policy, "the build is green").require == (CheckNeeded(name="build", producer="forge"),)
    assert any(one.what == "build" and one.differs == "shut" for one in imported.left)


@pytest.mark.parametrize(
    ("what", "differs", "line"),
    [
        ("only the handbook has changed", "stricter", 24),
        ("options.allow_contributor", "stricter", 16),
        ("options.invalidate_on_push", "same", 17),
        ("options.methods", "stricter", 18),
        ("description", "same", 14),
        ("users: helper[bot]", "stricter", 23),
        ("has_status.conclusions", "stricter", 38),
        ("disapproval.requires", "stricter", 11),
        ("nobody names this", "same", 39),
        ("users, teams, organizations", "shut", 3),
    ],
)
def test_what_is_left_is_told_with_its_line_and_how_it_differs(what: str, differs: str, line: int) -> None:
    imported, _ = drafted(SHOP)
    assert why(imported, what) == (differs, line)


def test_everybody_named_stands_in_the_roster_without_a_key() -> None:
    imported, _ = drafted(SHOP)
    people = load_directory(imported.people.encode(), "people.yaml")
    assert [(one.id, one.keys, one.teams) for one in people.roster.persons] == [("p_ada_l", (), ())]


def test_logins_that_fold_to_one_id_are_two_persons() -> None:
    _, policy = drafted(of_rules("[a]", "name: a, requires: { count: 1, users: [o-c, o_c, O-C] }"))
    (group,) = [one for one in policy.groups if one.persons]
    assert group.persons == ("p_o_c", "p_o_c_2")


def test_teams_of_one_name_in_two_organisations_stay_two() -> None:
    _, policy = drafted(of_rules("[a]", "name: a, requires: { count: 1, teams: [x/sre, y/sre] }"))
    assert sorted(one.team for one in policy.groups if isinstance(one.team, str)) == ["sre", "y/sre"]


def test_ways_with_different_counts_ask_for_what_meets_one_of_them_in_any_case() -> None:
    two = "name: two, requires: { count: 2, teams: [shop/blue] }"
    three = "name: three, requires: { count: 3, teams: [shop/green] }"
    imported, policy = drafted(of_rules("[{ or: [a, two, three] }]", A, two, three))
    (one,) = policy.rules[0].require
    assert isinstance(one, Approvals)
    assert one.count == 4
    assert why(imported, "or")[0] == "stricter"


def test_of_two_ways_of_the_same_approvers_the_smaller_count_stays() -> None:
    _, policy = drafted(
        of_rules("[{ or: [a, two] }]", A, "name: two, requires: { count: 2, teams: [shop/red] }")
    )
    assert policy.rules[0].require == (Approvals(count=1, group="team red"),)


def test_a_way_that_asks_nothing_and_always_applies_leaves_the_default_alone() -> None:
    _, policy = drafted(of_rules("[{ or: [a, free] }]", A, "name: free"))
    assert [one.name for one in policy.rules] == ["default"]


@pytest.mark.parametrize(
    "condition",
    [
        "only_changed_files: { paths: ['^docs/'] }",
        "has_author_in: { users: ['renovate[bot]'] }",
        "has_labels: [trivial]",
        "title: { matches: ['^chore'] }",
        "modified_lines: { total: '< 10' }",
        "has_valid_signatures: true",
        "from_branch: { pattern: '^bot/' }",
        "something_new: true",
    ],
)
def test_an_exemption_is_not_made(condition: str) -> None:
    free = f"name: free, if: {{ {condition} }}"
    imported, policy = drafted(of_rules("[{ or: [a, free] }]", A, free))
    assert policy.rules[0].require == (Approvals(count=1, group="team red"),)
    assert why(imported, "free")[0] == "stricter"


@pytest.mark.parametrize(
    "condition", ["has_labels: [risky]", "modified_lines: { total: '> 10' }", "newer: 1"]
)
def test_a_rule_whose_condition_cannot_be_said_always_applies(condition: str) -> None:
    risky = f"name: b, if: {{ {condition} }}, requires: {{ count: 2, teams: [shop/blue] }}"
    imported, policy = drafted(of_rules("[a, b]", A, risky))
    assert rule(policy, "b").when == "true"
    assert why(imported, condition.partition(":")[0])[0] == "stricter"


def test_ways_that_apply_to_some_changes_are_all_asked_for() -> None:
    one = "name: a, if: { changed_files: { paths: ['^a/'] } }, requires: { count: 1, teams: [shop/red] }"
    two = "name: b, if: { changed_files: { paths: ['^b/'] } }, requires: { count: 1, teams: [shop/blue] }"
    _, policy = drafted(of_rules("[{ or: [a, b] }]", one, two))
    assert (rule(policy, "a").when, rule(policy, "b").when) == ('touches("a/**")', 'touches("b/**")')


def test_a_policy_that_skips_some_changes_is_shut_until_somebody_reports_which() -> None:
    one = "name: a, if: { changed_files: { paths: ['^a/'] } }, requires: { count: 1, teams: [shop/red] }"
    imported, policy = drafted(of_rules("[a]", one))
    shut = rule(policy, "some rule of the old policy applies")
    assert shut.when == "true"
    assert shut.require == (CheckNeeded(name="policy-bot: some rule applies", producer="forge"),)
    assert why(imported, "no rule applies to every change")[0] == "shut"


def test_a_rule_that_nobody_may_approve_forbids() -> None:
    _, policy = drafted(of_rules("[a, b]", A, "name: b, requires: { count: 1 }"))
    assert rule(policy, "b").forbid == "the rule names nobody who may approve"


def test_more_approvals_than_one_requirement_takes_are_of_as_many_persons() -> None:
    _, policy = drafted(of_rules("[a]", "name: a, requires: { count: 45, teams: [shop/red] }"))
    assert [one.count for one in policy.rules[0].require if isinstance(one, Approvals)] == [20, 20, 5]


def test_conditions_that_nobody_here_can_see_have_to_be_reported() -> None:
    one = "name: a, requires: { count: 1, teams: [shop/red], conditions: { has_labels: [qa] } }"
    imported, policy = drafted(of_rules("[a]", one))
    assert CheckNeeded(name="policy-bot: a: has_labels", producer="forge") in rule(policy, "a").require
    assert why(imported, "policy-bot: a: has_labels")[0] == "shut"


@pytest.mark.parametrize(
    ("methods", "shut"),
    [
        ("{ github_review: false, comments: ['security: ok'] }", True),
        ("{ github_review: false, comments: [], comment_patterns: ['^ok$'] }", True),
        ("{ github_review: true, github_review_comment_patterns: [ok], comments: [] }", True),
        ("{ github_review_comment_patterns: [ok] }", False),
        ("{ github_review: false }", False),
        ("{ comments: ['security: ok'] }", False),
    ],
)
def test_a_rule_that_only_certain_words_approve_is_not_met_by_any_yes(methods: str, shut: bool) -> None:
    one = f"name: a, options: {{ methods: {methods} }}, requires: {{ count: 1, teams: [shop/red] }}"
    _, policy = drafted(of_rules("[a]", one))
    asked = [need.name for one in policy.rules for need in one.require if isinstance(need, CheckNeeded)]
    assert asked == (["policy-bot: a: options.methods"] if shut else [])


def test_what_the_old_policy_disapproves_of_is_forbidden() -> None:
    disapproval = "{ if: { changed_files: { paths: ['^vendor/'] }, title: { matches: [x] } } }"
    text = of_rules("[a]", A)
    text = text.replace("approval_rules", f"  disapproval: {disapproval}\napproval_rules")
    _, policy = drafted(text)
    assert rule(policy, "disapproved: changed_files").when == 'touches("vendor/**")'
    assert isinstance(rule(policy, "disapproved: changed_files").forbid, str)
    assert rule(policy, "disapproved: title").require == (
        CheckNeeded(name="policy-bot: not disapproved: title", producer="forge"),
    )


def test_the_no_of_a_program_is_not_lost() -> None:
    text = of_rules("[a]", A).replace(
        "approval_rules", "  disapproval: { requires: { users: ['scanner[bot]', ada] } }\napproval_rules"
    )
    imported, policy = drafted(text)
    assert rule(policy, "disapproved by scanner[bot]").require == (
        CheckNeeded(name="policy-bot: not disapproved by scanner[bot]", producer="forge"),
    )
    assert "p_ada" in imported.people


def test_rules_for_another_branch_are_told_and_left_out() -> None:
    text = of_rules(
        "[a, b]",
        A,
        "name: b, if: { targets_branch: { pattern: ^release$ } }, requires: { count: 2, teams: [shop/blue] }",
    )
    imported, policy = drafted(text)
    assert [one.name for one in policy.rules] == ["default"]
    assert why(imported, "targets_branch")[0] == "same"
    _, other = drafted(text, "release")
    assert rule(other, "b").when == "true"
    assert other.environment("production").branch == "release"


def test_many_paths_become_several_rules() -> None:
    paths = ", ".join(f"'^services/number-{number}/'" for number in range(100))
    when = f"if: {{ changed_files: {{ paths: [{paths}] }} }}"
    _, policy = drafted(
        of_rules("[b, a]", f"name: a, {when}, requires: {{ count: 1, teams: [shop/red] }}", B)
    )
    rules = [one for one in policy.rules if one.name.startswith("a")]
    assert [one.name for one in rules] == ["a", "a (2)", "a (3)"]
    assert sum(one.when.count("touches") for one in rules) == 100


@pytest.mark.parametrize(
    "name",
    ["default", "freeze: x", "it's \"so\"", "a: b", "- x", "true", "ключ", "tab\there", "emoji 🎉", "#no",
     "\\x", "{y}"],
)  # fmt: skip
def test_any_name_of_a_rule_comes_back_as_it_was(name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    _, policy = drafted(
        of_rules(
            f'[b, "{escaped}"]', B, f'name: "{escaped}", requires: {{ count: 2, teams: ["x/{escaped}"] }}'
        )
    )
    assert policy.rules[1].name in {name, f"rule {name}"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: *x\n", ".policy.yml:1: a: anchors and aliases"),
        ("remote: shop/rules\n", "another repository"),
        ("policy: {}\nnews: 1\n", ".policy.yml:2: unknown field `news`"),
        (of_rules("[missing]", A), "no rule is called 'missing'"),
        (of_rules("[{ nor: [a] }]", A), "`and:` or `or:` is wanted here"),
        (of_rules("[{ or: [] }]", A), "an empty list"),
        (of_rules("[a]", A, A), "a rule called 'a' is there already"),
        (of_rules("[a]", "name: a, requires: { count: 1, robots: [x] }"), "unknown field `robots`"),
        (of_rules("[a]", "name: a, options: { new_option: true }"), "unknown field `new_option`"),
        (of_rules("[a]", "name: a, requires: { count: 1000 }"), "at most 100"),
        (of_rules("[a]", "name: a, requires: { count: many }"), "a whole number"),
        (of_rules("[" * 1 + "{ and: [" * 12 + "a" + "] }" * 12 + "]", A), "nested deeper than 10"),
        ("- just\n- a list\n", "a mapping"),
        ("\x00", "not readable as YAML"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        import_policy(text.encode(), ".policy.yml")
    assert said in error.value.message


def test_a_policy_that_asks_for_nothing_comes_to_the_default() -> None:
    imported, policy = drafted("policy: { approval: [] }\n")
    assert [one.name for one in policy.rules] == ["default"]
    assert why(imported, "policy.approval")[0] == "stricter"


def test_an_import_is_enforced() -> None:
    assert drafted(SHOP)[1].environment("production").mode == "enforce"


def test_the_same_file_gives_the_same_draft() -> None:
    assert drafted(SHOP)[0] == drafted(SHOP)[0]


def test_the_page_groups_what_was_left_and_shows_no_control_characters() -> None:
    name = 'name: "x\\e[31m`y", requires: { count: 1, teams: [shop/red] }'
    imported, _ = drafted(of_rules("[a]", A, name))
    page = left_page(imported.left, ".policy.yml")
    assert "\x1b" not in page
    assert page.index("## Holds until") < page.index("## Stricter than before")
    assert "- 5: `x?[31m'y`: the rule is not named in policy.approval" in page
