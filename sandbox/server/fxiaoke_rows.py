"""Fxiaoke's rows and filters: what a row looks like on the wire, and what a filter means in SQL.

Times are epoch milliseconds (a date is its midnight in Beijing), money and numbers decimal strings,
a look-up is an id with its `__r` twin, a user a list. Empty fields are left out unless `includeNull`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.server.objects import Field, Thing
from sandbox.server.records import CHANGED, GONE, Query, Row, is_deleted, names, touched
from sandbox.server.state import State

BEIJING = timezone(timedelta(hours=8))
ADMIN, ADMIN_FSUID = "1000", "FSUID_SANDBOXADMIN"

TYPES = {
    "text": "text",
    "day": "date",
    "moment": "date_time",
    "money": "currency",
    "flag": "true_or_false",
    "lookup": "object_reference",
}
"""Kind of a field → its type in object/describe; all others are `number`."""

SYSTEM_FIELDS: dict[str, tuple[str, str, str]] = {
    "_id": ("row_id", "text", "数据ID"),
    "create_time": ("created_at", "moment", "创建时间"),
    "last_modified_time": ("", "moment", "最后修改时间"),
    "is_deleted": ("", "flag", "是否作废"),
    "life_status": ("", "text", "生命状态"),
    "owner": ("", "text", "负责人"),
    "created_by": ("", "text", "创建人"),
    "last_modified_by": ("", "text", "最后修改人"),
    "record_type": ("", "text", "业务类型"),
    "lock_status": ("", "text", "锁定状态"),
    "owner_department": ("", "text", "负责人主属部门"),
    "data_own_department": ("", "text", "归属部门"),
    "version": ("", "text", "版本"),
}
"""What every object has: name → (column, kind, label); no column: worked out."""


class Refused(Exception):
    """What Fxiaoke answers in place of data: its errorCode and what it says."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def expression(thing: Thing, name: str) -> tuple[str, str]:
    """(SQL, kind) of a field for filters and orders; Refused when there is none."""
    worked_out = {
        "last_modified_time": (CHANGED, "moment"),
        "is_deleted": (GONE, "flag"),
        "life_status": (f"CASE WHEN {GONE} THEN 'invalid' ELSE 'normal' END", "text"),
    }
    if name in worked_out:
        return worked_out[name]
    if name in thing.by_api:
        return thing.by_api[name].column, thing.by_api[name].kind
    if SYSTEM_FIELDS.get(name, ("",))[0]:
        return SYSTEM_FIELDS[name][0], SYSTEM_FIELDS[name][1]
    raise Refused(32000, f"field [{name}] of {thing.api} does not exist")


def add_filter(query: Query, thing: Thing, wanted: Any) -> None:
    """One of `filters`, as a condition of `query`."""
    if not isinstance(wanted, dict) or not isinstance(wanted.get("field_values", []), list):
        raise Refused(32000, "filters: field_values must be a list")
    column, kind = expression(thing, str(wanted.get("field_name")))
    operator = str(wanted.get("operator"))
    values = [_value(value, kind) for value in wanted.get("field_values", [])]
    if column == "row_id" and operator == "GT" and len(values) == 1 and query.after is None:
        query.after = values[0]
    elif operator in ("IS", "ISN"):
        query.add(f"{column} IS {'NOT ' if operator == 'ISN' else ''}NULL")
    elif operator in ("IN", "NIN"):
        marks = ", ".join("?" * len(values)) or "NULL"
        query.add(f"{column} {'NOT ' if operator == 'NIN' else ''}IN ({marks})", *values)
    elif operator in ("BETWEEN", "NBETWEEN"):
        if len(values) != 2:
            raise Refused(32000, f"{operator} takes two field_values")
        negation = "NOT " if operator == "NBETWEEN" else ""
        query.add(f"{column} {negation}BETWEEN ? AND ?", *values)
    elif operator in ONE_VALUE and values:
        query.add(ONE_VALUE[operator].replace("%", column), values[0])
    else:
        raise Refused(32000, f"operator [{operator}] is not supported")


ONE_VALUE = {
    "EQ": "% = ?",
    "N": "% IS DISTINCT FROM ?",
    "GT": "% > ?",
    "GTE": "% >= ?",
    "LT": "% < ?",
    "LTE": "% <= ?",
    "LIKE": "contains(%, ?)",
    "NLIKE": "NOT contains(coalesce(%, ''), ?)",
    "STARTWITH": "starts_with(%, ?)",
    "ENDWITH": "ends_with(%, ?)",
    "CONTAINS": "contains(%, ?)",
}


def _value(value: Any, kind: str) -> Any:
    """A filter's value as the column holds it."""
    try:
        if kind in ("day", "moment"):
            moment = datetime.fromtimestamp(int(value) / 1000, UTC)
            if kind == "day":
                return moment.astimezone(BEIJING).date()
            return moment.replace(tzinfo=None)
        if kind == "flag":
            return str(value).lower() == "true"
        if kind in ("text", "lookup"):
            return str(value)
        return Decimal(str(value))
    except (ValueError, OverflowError, OSError, InvalidOperation):
        raise Refused(32000, f"value [{value}] does not fit the field") from None


def rendered(
    state: State,
    thing: Thing,
    rows: Sequence[Row],
    projection: Sequence[str] | None,
    *,
    with_null: bool = False,
    users: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Rows as dataList holds them. `projection` None: every field."""
    now = state.now()
    wanted = None if projection is None else {"_id", *projection}
    fields = [one for one in thing.fields if wanted is None or _is_wanted(one, wanted)]
    display = {
        one.to: names(state, "fxiaoke", one.to, (str(row[one.column] or "") for row in rows))
        for one in fields
        if one.to and (wanted is None or f"{one.api}__r" in wanted)
    }
    found = []
    for row in rows:
        wire = _system_part(row, now, users or {})
        for one in fields:
            wire[one.api] = _wire(row[one.column])
            if one.to:
                wire[f"{one.api}__r"] = display.get(one.to, {}).get(row[one.column]) or None
        if "name" not in thing.by_api:
            wire["name"] = str(row.get(thing.display) or row["row_id"][-10:])
        found.append(
            {
                key: value
                for key, value in wire.items()
                if (with_null or value is not None) and (wanted is None or key in wanted)
            }
        )
    return found


def _is_wanted(one: Field, wanted: set[str]) -> bool:
    return one.api in wanted or f"{one.api}__r" in wanted


def _system_part(row: Row, now: datetime, users: Mapping[str, str]) -> dict[str, Any]:
    gone = is_deleted(row, now)
    owner = [users.get(str(row.get("owner_id") or ADMIN), str(row.get("owner_id") or ADMIN))]
    return {
        "_id": row["row_id"],
        "create_time": _wire(row["created_at"]),
        "last_modified_time": _wire(touched(row, now)),
        "is_deleted": gone,
        "life_status": "invalid" if gone else "normal",
        "owner": owner,
        "created_by": owner,
        "last_modified_by": owner,
        "record_type": "default__c",
        "lock_status": "0",
        "owner_department": "1000",
        "data_own_department": ["1000"],
        "version": "1",
    }


def _wire(value: Any) -> Any:
    """A value as Fxiaoke writes it; what is untidy in the world goes out as it is."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime):
        return int(value.replace(tzinfo=UTC).timestamp() * 1000)
    if isinstance(value, date):
        return int(datetime.combine(value, time(), BEIJING).timestamp() * 1000)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def description(thing: Thing, targets: Mapping[str, str]) -> dict[str, Any]:
    """`object/describe`: fields by API name with label, type and who defined them.

    `targets`: table → the object over it, for look-ups.
    """
    fields = {
        name: _described(name, label, TYPES.get(kind, "number"), "system")
        for name, (_, kind, label) in SYSTEM_FIELDS.items()
    }
    if "name" not in thing.by_api:
        fields["name"] = _described("name", "主属性", "text", "system")
    for one in thing.fields:
        defined_by = "custom" if one.is_own else "package"
        told = _described(one.api, one.label, TYPES.get(one.kind, "number"), defined_by)
        if one.to:
            told["target_api_name"] = targets.get(one.to, "")
        fields[one.api] = told
    return {
        "api_name": thing.api,
        "display_name": thing.label,
        "define_type": "custom" if thing.is_own else "package",
        "is_active": True,
        "fields": fields,
    }


def _described(name: str, label: str, kind: str, defined_by: str) -> dict[str, Any]:
    return {
        "api_name": name,
        "label": label,
        "type": kind,
        "define_type": defined_by,
        "is_required": name == "name",
        "is_active": True,
    }
