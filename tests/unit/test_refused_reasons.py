"""Every kind of record says why one of its rows was refused."""

from pathlib import Path

import pytest

from tests.mapping_case import map_text

BAD_CREDIT_NOTES = {
    "C1,CN1,2026-03-01,abc,return": 'amount "abc" is not a number',
    "C1,CN1,2026-13-20,5,rebate": 'credit_date "2026-13-20" is not a date',
    "C1,CN1,2026-03-01,5,rabais": 'reason "rabais" is none of',
}


@pytest.mark.parametrize(("row", "sentence"), BAD_CREDIT_NOTES.items())
def test_a_credit_note_says_why(tmp_path: Path, row: str, sentence: str) -> None:
    mapping = {
        "credit_note_id": "No",
        "customer_id": "Customer",
        "credit_date": "Date",
        "amount": "Amount",
        "reason": "Reason",
        "currency": {"value": "EUR"},
    }
    text = f"Customer,No,Date,Amount,Reason\n{row}\n"
    result = map_text(tmp_path, text, {"credit_note": mapping})
    (found,) = result.mapped.reasons
    assert found["example"].startswith(sentence)
