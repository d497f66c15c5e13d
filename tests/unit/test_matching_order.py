"""Links do not depend on the order in which rows arrive, nor on how many threads look at them."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from tests.matching_case import matched

NAMES = (
    "杭州明远机械有限公司", "明远（上海）贸易有限公司", "上海明远贸易有限公司", "Acme Widgets Trading Ltd",
    "Acme Widgets Trading Limited", "ACME WIDGETS", "Kroger Inc", "杭州明远机械",
)  # fmt: skip
CODES = [
    base + uscc.calc_check_digit(base) for base in (f"9133010{serial:010d}" for serial in range(3))
]
WHO = st.sampled_from(["C1", "C2", "C3"])

customers = st.lists(
    st.fixed_dictionaries({"customer_id": WHO, "customer_name": st.sampled_from(NAMES)}),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row["customer_id"],
)
numbers = st.lists(
    st.fixed_dictionaries(
        {"customer_id": WHO, "value": st.sampled_from(CODES), "scheme": st.just("uscc")}
    ),
    max_size=3,
    unique_by=lambda row: (row["customer_id"], row["value"]),
)
courts = st.lists(
    st.fixed_dictionaries(
        {
            "record_id": st.sampled_from(["R1", "R2"]),
            "role": st.sampled_from(["plaintiff", "defendant"]),
            "party_name": st.sampled_from(NAMES),
            "party_number": st.sampled_from([None, *CODES]),
        }
    ),
    max_size=5,
    unique_by=lambda row: (row["record_id"], row["role"], row["party_name"]),
)


def outcome(rows: dict[str, list[dict[str, Any]]]) -> tuple[Any, Any]:
    with matched(rows) as connection:
        records = connection.execute("SELECT * FROM record_link ORDER BY ALL").fetchall()
        edges = connection.execute("SELECT * FROM customer_edge ORDER BY ALL").fetchall()
    return records, edges


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(customers, numbers, courts, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    customer: list[Any], number: list[Any], court: list[Any], chance: Any
) -> None:
    rows = {"customer": customer, "party_identifier": number, "court_party": court}
    shuffled = {name: chance.sample(given, len(given)) for name, given in rows.items()}

    assert outcome(rows) == outcome(shuffled)
