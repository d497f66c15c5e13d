"""What Fxiaoke says of its objects: which there are, what people call them and their fields."""

from collections.abc import Mapping
from typing import Any

from etl.errors import BadInput
from etl.sources.answers import top_names
from etl.sources.connector import Inconsistent, Json, Pull
from etl.sources.problems import nearest

LABEL = "label:"

SYSTEM_FIELDS = frozenset(
    (
        "_id", "name", "owner", "owner_department", "data_own_department", "create_time", "created_by",
        "last_modified_time", "last_modified_by", "is_deleted", "life_status", "lock_status",
        "record_type", "version", "out_owner", "tenant_id",
    )
)  # fmt: skip
"""Every object has them, whether its description lists them or not."""


def described_fields(description: Json) -> Mapping[str, Mapping[str, Any]]:
    """Field name → its description."""
    data = description.get("data") or {}
    fields = (data.get("describe") or data).get("fields") or {}
    if isinstance(fields, list):
        return {str(field.get("api_name")): field for field in fields}
    return fields if isinstance(fields, dict) else {}


def object_called(label: str, answer: Json) -> str:
    """The API name of the object that people call `label`."""
    objects = (answer.get("data") or {}).get("objects") or []
    found = [o["describeApiName"] for o in objects if o.get("describeDisplayName") == label]
    if len(found) == 1:
        return str(found[0])
    if found:
        names = ", ".join(sorted(map(str, found)))
        raise BadInput(
            f"Fxiaoke has {len(found)} objects called {label}: {names}; name one of them."
        )
    known = [str(o.get("describeDisplayName")) for o in objects]
    raise BadInput(f"Fxiaoke has no object called {label}{nearest(label, known)}")


def projection(pull: Pull, api_name: str, description: Json) -> list[str]:
    """The names of the fields that the mapping reads.

    Raises:
        BadInput: the description knows one of them not, or by a label that several fields have.
    """
    known = described_fields(description)
    if not known:
        raise Inconsistent(f"the description of {api_name} lists no fields")
    fields = []
    for wanted in pull.fields:
        if wanted.startswith(LABEL):
            label = wanted.removeprefix(LABEL)
            same = sorted(name for name, field in known.items() if field.get("label") == label)
            if len(same) > 1:
                raise BadInput(
                    f"{api_name} in Fxiaoke has {len(same)} fields labelled {label}: "
                    f"{', '.join(same)}; write the one that is meant into the mapping."
                )
            if not same:
                hint = nearest(label, map(str, (field.get("label") for field in known.values())))
                raise BadInput(f"{api_name} in Fxiaoke has no field labelled {label}{hint}")
            fields.append(same[0])
            continue
        name = top_names([wanted])[0].removesuffix("__r").removesuffix("__l")
        if name not in known and name not in SYSTEM_FIELDS:
            raise BadInput(f"{api_name} in Fxiaoke has no field {name}{nearest(name, list(known))}")
        fields.append(name)
    needed = ("_id", "last_modified_time", "is_deleted", "life_status")
    return list(dict.fromkeys([*needed, *fields]))
