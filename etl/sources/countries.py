"""A customer's country as a CRM writes it, as the two letters that registries and bureaus want."""

COMMON = {
    "CHN": "CN", "CHINA": "CN", "中国": "CN", "中华人民共和国": "CN",
    "USA": "US", "UNITED STATES": "US", "UNITED STATES OF AMERICA": "US", "美国": "US",
    "UK": "GB", "GBR": "GB", "UNITED KINGDOM": "GB", "GREAT BRITAIN": "GB", "英国": "GB",
    "DEU": "DE", "GERMANY": "DE", "DEUTSCHLAND": "DE", "德国": "DE",
    "FRA": "FR", "FRANCE": "FR", "法国": "FR",
    "ITA": "IT", "ITALY": "IT", "ITALIA": "IT", "意大利": "IT",
    "ESP": "ES", "SPAIN": "ES", "ESPAÑA": "ES", "西班牙": "ES",
    "NLD": "NL", "NETHERLANDS": "NL", "荷兰": "NL",
    "JPN": "JP", "JAPAN": "JP", "日本": "JP",
    "HKG": "HK", "HONG KONG": "HK", "香港": "HK",
}  # fmt: skip
"""Spellings met in CRMs. Whoever has others maps them with `values:` on the customer's country."""


def two_letters(country: str | None) -> str:
    """`DE` for DE, deu, Germany; empty when it is not known."""
    text = (country or "").strip().upper()
    if len(text) == 2 and text.isascii() and text.isalpha():
        return "GB" if text == "UK" else text
    return COMMON.get(text, "")
