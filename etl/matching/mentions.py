"""Which outside records there are, whom they name, and who was asked about: read off the contract.

A record type that a provider was asked for (etl/entities/found.py) names one company, its subject. A
court record names its parties in `court_party`. Nothing here is typed a second time: a new record type
is matched as soon as it has a provider, a customer asked about and a party.
"""

from collections.abc import Collection, Iterator

from etl.entities import ENTITIES, Entity

SUBJECT_COLUMNS = {"provider", "customer_id", "party_name", "party_id", "party_number"}
NUMBERS = {
    "registration": (
        "uscc", "lei", "registration_number", "tax_number", "organisation_code", "cik",
    ),
}  # fmt: skip
"""Columns of a record that hold a number, called like its scheme."""

VETO_LISTS = ("dishonest", "bankruptcy", "revoked", "deregistered")
"""Lists that end a customer's credit: a name alone never puts anybody there (R4-G6)."""

OWN = ("customer", "party_identifier", "former_name", "inquiry", "match_decision")
"""What is read beside the records."""


def subjects() -> tuple[Entity, ...]:
    """The record types that are about one company."""
    return tuple(
        entity
        for entity in ENTITIES.values()
        if {column.name for column in entity.columns} >= SUBJECT_COLUMNS
    )


def record_types() -> tuple[str, ...]:
    """Every record type that a night may have to match."""
    return (*(entity.name for entity in subjects()), "court_party")


def tables() -> tuple[str, ...]:
    """Every snapshot that matching reads."""
    return (*OWN, *record_types(), "court_record")


def record_key(entity: Entity, alias: str) -> str:
    """SQL: the key's parts joined by `|`, an empty one left empty."""
    return " || '|' || ".join(
        f"COALESCE(CAST({alias}.{name} AS VARCHAR), '')" for name in entity.key
    )


def _has(entity: Entity, column: str) -> bool:
    return any(known.name == column for known in entity.columns)


def mention_sql(only: Collection[str] | None = None) -> str:
    """One row for each party that a record names and each customer it was found for; of the record
    types `only`, when given."""
    parts = {entity.name: _subject(entity) for entity in subjects()}
    parts["court_party"] = _court_party()
    return " UNION ALL ".join(part for name, part in parts.items() if only is None or name in only)


def _subject(entity: Entity) -> str:
    vetoes = ", ".join(f"'{kind}'" for kind in VETO_LISTS)
    return f"""
        SELECT
            '{entity.name}' AS record_kind, {record_key(entity, "r")} AS record_key, r.provider,
            {"r.record_id" if _has(entity, "record_id") else "CAST(NULL AS VARCHAR)"} AS record_id,
            {"r.product" if _has(entity, "product") else "CAST(NULL AS VARCHAR)"} AS product,
            'subject' AS role, NULLIF(trim(r.party_name), '') AS party_name,
            {"r.country" if _has(entity, "country") else "CAST(NULL AS VARCHAR)"} AS country,
            TRUE AS is_subject, r.customer_id AS asked_customer_id, r.known_on,
            {f"r.kind IN ({vetoes})" if entity.name == "listing" else "FALSE"} AS needs_number
        FROM current.{entity.name} AS r
        WHERE NOT r.is_deleted
            {"AND COALESCE(r.party_kind, '') <> 'person'" if _has(entity, "party_kind") else ""}
    """


def _court_party() -> str:
    return f"""
        SELECT
            'court_party' AS record_kind, {record_key(ENTITIES["court_party"], "r")} AS record_key,
            r.provider, r.record_id, record.product, r.role,
            NULLIF(trim(r.party_name), '') AS party_name, NULL AS country, FALSE AS is_subject,
            record.customer_id AS asked_customer_id, r.known_on, r.role = 'debtor' AS needs_number
        FROM current.court_party AS r
        LEFT JOIN current.court_record AS record
            ON record.provider = r.provider AND record.record_id = r.record_id
            AND NOT record.is_deleted
        WHERE NOT r.is_deleted AND r.party_kind <> 'person'
            -- The parties of a record that was taken back stay behind; nobody need look whose they are.
            AND (record.record_id IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM current.court_record AS gone
                WHERE gone.provider = r.provider AND gone.record_id = r.record_id
            ))
    """


def mention_number_sql() -> str:
    """One row for each number that a record gives of its party."""
    return " UNION ALL ".join(
        part for entity in (*subjects(), ENTITIES["court_party"]) for part in _numbers(entity)
    )


def _numbers(entity: Entity) -> Iterator[str]:
    key = record_key(entity, "r")
    country = "country_of(r.country)" if _has(entity, "country") else "NULL"
    columns = [("number", "party_number", "NULL"), ("provider_id", "party_id", "r.provider")]
    columns += [(name, name, "NULL") for name in NUMBERS.get(entity.name, ())]
    if entity.name == "registration":
        columns.append(("provider_id", "record_id", "r.provider"))  # the company's number there
    for scheme, column, provider in columns:
        yield f"""
            SELECT
                '{entity.name}' AS record_kind, {key} AS record_key, '{scheme}' AS scheme_given,
                trim(r.{column}) AS value, COALESCE({country}, '') AS country,
                COALESCE({provider}, '') AS provider
            FROM current.{entity.name} AS r
            WHERE NOT r.is_deleted AND trim(r.{column}) <> ''
        """


def mention_name_sql() -> str:
    """Other names of a record's party: what a registry gave beside the present one."""
    return f"""
        SELECT 'registration' AS record_kind, {record_key(ENTITIES["registration"], "r")} AS record_key,
            trim(other.name) AS name
        FROM current.registration AS r
        JOIN current.former_name AS other
            ON other.provider = r.provider AND other.record_id = r.record_id AND NOT other.is_deleted
        WHERE NOT r.is_deleted
    """
