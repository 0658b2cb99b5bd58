"""Terraform's plans as `terraform show -json` prints them, built from a few words.

The format: https://developer.hashicorp.com/terraform/internals/json-format
"""

from typing import Any

AWS = "registry.terraform.io/hashicorp/aws"

ACTIONS: dict[str, list[str]] = {
    "create": ["create"],
    "update": ["update"],
    "delete": ["delete"],
    "replace": ["delete", "create"],
    "replace first": ["create", "delete"],
    "forget": ["forget"],
    "create forget": ["create", "forget"],
    "forget create": ["forget", "create"],
    "read": ["read"],
    "no-op": ["no-op"],
}


def a_change(do: str, type_: str = "aws_sns_topic", name: str = "x", **fields: Any) -> dict[str, Any]:
    """One of `resource_changes`; `fields` that belong to its `change` go there."""
    mode = fields.pop("mode", "managed")
    module = fields.pop("module", "")
    index = fields.pop("index", None)
    key = "" if index is None else f"[{_quoted(index)}]"
    data = "data." if mode == "data" else ""
    address = f"{module + '.' if module else ''}{data}{type_}.{name}{key}"
    inner = {
        "actions": ACTIONS.get(do, [do]),
        "before": None if do in {"create", "read"} else {"id": "1", "name": "a"},
        "after": None if do in {"delete", "forget"} else {"name": "a"},
        "after_unknown": {"id": True, "arn": True} if "create" in do or "replace" in do else {},
        "before_sensitive": {},
        "after_sensitive": {},
    }
    for word in (
        "before",
        "after",
        "after_unknown",
        "replace_paths",
        "importing",
        "actions",
        "generated_config",
    ):
        if word in fields:
            inner[word] = fields.pop(word)
    return {
        "address": address,
        **({"module_address": module} if module else {}),
        "mode": mode,
        "type": type_,
        "name": name,
        **({} if index is None else {"index": index}),
        "provider_name": AWS,
        "change": inner,
        **fields,
    }


def _quoted(index: str | int) -> str:
    if isinstance(index, int):
        return str(index)
    return '"' + index.replace("\\", "\\\\").replace('"', '\\"') + '"'


def a_plan(*changes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A plan document."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": {"root_module": {}},
        "applyable": True,
        "complete": True,
        "errored": False,
        **fields,
    }
