"""Previous attributes: the changed keys of a resource, with the values they had.

Top-level keys only, each with its whole old value: of a changed ``bio`` the whole old ``bio``.
So what was before is what is now, overlaid with them. Keys that only say when something was
noticed or that lend another resource (``bookkeeping``) neither make a difference nor stand here.
"""

from collections.abc import Set as AbstractSet
from typing import Any

from bitewing.model.event import Portrait

_ABSENT = object()


def changed(before: Portrait, after: Portrait, *, bookkeeping: AbstractSet[str]) -> dict[str, Any]:
    """Give the old values of the keys that differ; empty if nothing is to be told.

    A key that only the new one has (``deleted`` of a resource that normally bears none) had no
    value before and is given as False.
    """
    return {
        key: before.get(key, False)
        for key, value in after.items()
        if key not in bookkeeping and before.get(key, _ABSENT) != value
    }
