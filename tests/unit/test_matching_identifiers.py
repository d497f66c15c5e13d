"""Numbers of companies: one writing, check digits, and what two of them say together."""

import pytest

from etl.matching.identifiers import identifiers

USCC = "91110000600037341L"
LEI = "213800KUD8LAJWSQ9D15"


def keys(scheme: str, value: str | None, country: str | None = None) -> list[str]:
    return [found.key for found in identifiers(scheme, value, country, "qcc")]


def test_one_writing() -> None:
    for written in (USCC, " 9111 0000-600037341l ", "911100006 00037341L"):
        assert keys("uscc", written)[0] == f"uscc::{USCC}"
    assert keys("number", USCC) == keys("tax_number", USCC) == keys("uscc", USCC)
    assert (
        keys("vat", "136695976", "DE") == keys("number", "DE 136 695 976") == ["vat::DE136695976"]
    )
    assert keys("registration_number", "00012345", "GB") == ["registration_number:GB:12345"]


def test_letters_of_the_registering_department() -> None:
    """python-stdnum wants eight digits in front; real codes begin with letters too."""
    assert keys("uscc", "N1110000600037341" + "7")[0].startswith("uscc::N1")


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("uscc", USCC[:-1] + "M"),
        ("uscc", "913301********1234"),
        ("lei", LEI[:-1]),
        ("lei", LEI[:-1] + "6"),
        ("vat", "DE136695977"),
        ("registration_number", "00000000"),
        ("registration_number", "12"),
        ("number", ""),
        ("number", None),
        ("provider_id", " "),
    ],
)
def test_what_is_no_number(scheme: str, value: str | None) -> None:
    assert keys(scheme, value) == []


def test_a_lei_has_twenty_characters() -> None:
    assert keys("lei", LEI) == [f"lei::{LEI}"]


def test_a_providers_own_number_is_taken_as_it_is() -> None:
    assert keys("provider_id", "aBc-1") == ["provider_id:qcc:aBc-1"]


def test_which_numbers_speak_against_each_other() -> None:
    kinds = {
        (scheme, value): [found.kind for found in identifiers(scheme, value, "GB", "qcc")]
        for scheme, value in (
            ("vat", "DE136695976"), ("registration_number", "12345678"), ("tax_number", "998877"),
            ("provider_id", "k"),
        )
    }  # fmt: skip
    assert list(kinds.values()) == [
        ["vat DE"],
        ["registration_number GB"],
        [""],
        ["provider_id qcc"],
    ]
