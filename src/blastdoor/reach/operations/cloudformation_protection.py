"""What protects the state of CloudFormation's resources, and when a new value of it protects less."""

import re
from collections.abc import Callable
from typing import Any


def policy_rank(policy: Any) -> int:
    """How much a DeletionPolicy keeps. Absent, or not a plain word: nothing."""
    return (
        {"Retain": 2, "RetainExceptOnCreate": 2, "Snapshot": 1}.get(policy, 0)
        if isinstance(policy, str)
        else 0
    )


def _number(value: Any) -> int | None:
    """A whole number as templates write it, also as text."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_TRUE, _FALSE = (True, "true", "True", "ACTIVE", "ENABLED"), (False, "false", "False", "INACTIVE", "DISABLED")


def _switched_off(before: Any, after: Any) -> bool:
    return before is not None and before not in _FALSE and after not in _TRUE


def _disabled(before: Any, after: Any) -> bool:
    return before != after and after is not None and after not in _TRUE


def _no_longer_off(before: Any, after: Any) -> bool:
    return before in _FALSE and after not in _FALSE


def _fewer(before: Any, after: Any) -> bool:
    old, new = _number(before), _number(after)
    return before != after and before is not None and (old is None or new is None or new < old)


def _sooner(before: Any, after: Any) -> bool:
    # Absent means for ever, or as long as AWS likes; only a higher number than before surely keeps longer.
    old, new = _number(before), _number(after)
    return before != after and after is not None and (old is None or new is None or new < old)


def _another(before: Any, after: Any) -> bool:
    return bool(before != after) and before not in (None, [], {})


def _rules(before: Any, after: Any) -> bool:
    return bool(before != after) and after not in (None, [], {})


Weaker = Callable[[Any, Any], bool]


def _each(words: str, weaker: Weaker) -> dict[str, Weaker]:
    return dict.fromkeys(words.split(), weaker)


#: Properties that protect what is held, and when a change of them protects it less.
PROTECTIONS: dict[str, Weaker] = {
    **_each(
        "DeletionProtection DeletionProtectionEnabled TerminationProtectionEnabled DisableApiTermination"
        " EnableTerminationProtection MultiAZ MultiAZEnabled AutomaticFailoverEnabled CopyTagsToSnapshot"
        " ObjectLockEnabled",
        _switched_off,
    ),
    **_each("Enabled EnableKeyRotation", _disabled),
    **_each("DeleteAutomatedBackups", _no_longer_off),
    **_each(
        "BackupRetentionPeriod SnapshotRetentionLimit AutomatedSnapshotRetentionPeriod BackupRetention"
        " ManualSnapshotRetentionPeriod FinalSnapshotRetentionPeriod PendingWindowInDays MinRetentionDays",
        _fewer,
    ),
    **_each(
        "PointInTimeRecoverySpecification VersioningConfiguration BackupPolicy ObjectLockConfiguration"
        " ReplicationConfiguration FileSystemProtection LockConfiguration",
        _another,
    ),
}


#: Properties by which AWS deletes what is older, and when a change of them deletes more.
EXPIRIES: dict[str, Weaker] = {
    **_each("RetentionInDays RetentionPeriodHours MessageRetentionPeriod RetentionPeriod", _sooner),
    **_each("RetentionDays", _sooner),
    **_each("LifecycleConfiguration LifecyclePolicy TimeToLiveSpecification RetentionProperties", _rules),
}
