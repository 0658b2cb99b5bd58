"""The shop's `.blastdoor/policy.yaml` and its catalogue."""

from bench.synthetic.draw import Draw

POLICY = """\
version: 1
id: bench-shop
mode: { production: enforce }
groups:
  senior: { level_at_least: senior }
  peer: { level_at_least: engineer }
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
  - name: wide reach takes a peer and a senior
    when: at_least(reach.level, "high")
    require: [{ approvals: 1, from: peer }, { approvals: 1, from: senior }]
  - name: rules are changed by seniors
    when: reach.policy_files
    require: [{ approvals: 1, from: senior }]
  - name: never on generated keys
    when: touches("secrets/**")
    forbid: keys are not kept in the repository
"""

OVERLAYS = """\
overlays:
  - name: safety reset
    from: 2026-03-10
    until: 2026-06-08
    when: at_least(reach.tier, 1)
    require: [{ approvals: 2, from: peer }]
"""

_TIERS = ((0.1, 0), (0.25, 1), (0.4, 2), (0.25, 3))


def catalogue_entry(name: str, earlier: tuple[str, ...], draw: Draw) -> str:
    """A service's `catalog-info.yaml`; it depends on up to three services that were there before it."""
    needed = sorted({draw.pick(earlier) for _ in range(draw.between(0, 3))}) if earlier else []
    depends = "".join(f"\n    - component:default/{other}" for other in needed)
    tier = 1 if name == "checkout" else draw.by_share(_TIERS)
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n"
        f"  name: {name}\n  description: The {name} of the shop.\n"
        f'  annotations:\n    blastdoor.dev/tier: "{tier}"\n'
        f"spec:\n  type: service\n  lifecycle: production\n  owner: group:default/{name}\n"
        f"  dependsOn:{depends or ' []'}\n"
        "---\napiVersion: backstage.io/v1alpha1\nkind: API\n"
        f"metadata:\n  name: {name}-api\nspec:\n  type: openapi\n  lifecycle: production\n"
        f"  owner: group:default/{name}\n  definition: see docs\n"
    )
