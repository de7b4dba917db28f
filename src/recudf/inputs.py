"""The input tables: which columns recudf reads, of what type, and which of them must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["VARCHAR", "DOUBLE", "TIMESTAMP"]
BLANKS = " \t\n\r\u00a0\u3000"  # what a build trims of ids and texts: the macro blanks


@dataclass(frozen=True)
class InputTable:
    """columns: those that recudf reads. required: these must exist. one_of: at least one of these must exist.

    free: every further column is welcome as an attribute.
    """

    columns: Mapping[str, ColumnType]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    free: bool = False


def _columns(texts: str, numbers: str = "", times: str = "") -> dict[str, ColumnType]:
    typed: dict[str, ColumnType] = dict.fromkeys(texts.split(), "VARCHAR")
    return typed | dict.fromkeys(numbers.split(), "DOUBLE") | dict.fromkeys(times.split(), "TIMESTAMP")


INPUTS: Mapping[str, InputTable] = {
    "items": InputTable(
        _columns(
            "item_id title description category provider",
            times="published_at available_from available_until",
        ),
        required=("item_id",),
    ),
    "interactions": InputTable(
        _columns("user_id item_id event_type source", numbers="value", times="occurred_at"),
        required=("user_id", "item_id"),
    ),
    "texts": InputTable(
        _columns("text_id user_id item_id kind text source", times="created_at"),
        required=("user_id", "text"),
    ),
    "users": InputTable(_columns("user_id", times="created_at"), required=("user_id",), free=True),
    "memberships": InputTable(
        _columns("group_id user_id", times="valid_from"), required=("group_id", "user_id")
    ),
    "group_interactions": InputTable(
        _columns("group_id item_id event_type", numbers="value", times="occurred_at"),
        required=("group_id", "item_id"),
    ),
    "relations": InputTable(
        _columns("user_id other_user_id kind", times="occurred_at"), required=("user_id", "other_user_id")
    ),
    "forget_requests": InputTable(_columns("user_id", times="requested_at"), required=("user_id",)),
    "taxonomy": InputTable(_columns("category parent"), required=("category", "parent")),
    "blocklist": InputTable(_columns("user_id item_id category"), one_of=("item_id", "category")),
}
