"""Names of invented companies in both scripts, a column at a time."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.world import lexicon
from sandbox.world.columns import Coded, Ints, words_of

CN = lexicon.COUNTRIES.index("CN")
JP = lexicon.COUNTRIES.index("JP")
_CITY_NAMES = [city.partition(":")[0] for city in lexicon.CITIES_CN]
_TRADE_CN = [industry[2] for industry in lexicon.INDUSTRIES]
_TRADE = [industry[3] for industry in lexicon.INDUSTRIES]
_LATIN = pa.array(
    [
        (first + second).capitalize() if first[-1] != second[0] else f"{first} {second.title()}"
        for first in lexicon.LATIN_BRAND_FIRST
        for second in lexicon.LATIN_BRAND_SECOND
    ]
)
_HAN = pa.array([one + two for one in lexicon.BRAND_FIRST for two in lexicon.BRAND_SECOND])
PINYIN = pa.array(
    [
        (first[:4] + second).capitalize()
        for first in lexicon.LATIN_BRAND_FIRST
        for second in lexicon.LATIN_BRAND_SECOND
    ]
)


@dataclass
class NameParts:
    """What a name is made of, as codes; the same parts give the same name."""

    country: Ints
    city: Ints
    brand: Ints
    trade: Ints
    form: Ints

    def copy(self) -> "NameParts":
        """Parts that may be changed without changing these."""
        return NameParts(*(getattr(self, name).copy() for name in self.__dataclass_fields__))


def drawn(chance: np.random.Generator, country: Ints, industry: Ints) -> NameParts:
    """Parts for so many companies."""
    length = len(country)
    return NameParts(
        country=country,
        city=np.where(
            country == CN,
            chance.integers(0, len(_CITY_NAMES), length),
            chance.integers(0, 8, length),
        ),
        brand=chance.integers(0, len(_HAN), length),
        trade=industry.copy(),
        form=chance.choice(6, length, p=[0.52, 0.1, 0.1, 0.08, 0.12, 0.08]),
    )


def chinese(parts: NameParts) -> pa.Array:
    """上海华信机电有限公司; NULL for a company abroad, unless it is Japanese."""
    length = len(parts.brand)
    name = pc.binary_join_element_wise(
        words_of(Coded(parts.city % len(_CITY_NAMES), _CITY_NAMES)),
        _HAN.take(pa.array(parts.brand)),
        words_of(Coded(parts.trade, _TRADE_CN)),
        words_of(Coded(parts.form, lexicon.FORMS_CN)),
        "",
    )
    return pc.if_else(pa.array(parts.country == CN), name, pa.nulls(length, pa.string()))


def latin(parts: NameParts) -> pa.Array:
    """Alderbrook Machinery Ltd; of a Chinese company the name it exports under."""
    forms: list[str] = []
    offsets, sizes = [], []
    for country in lexicon.COUNTRIES:
        own = ["Co., Ltd."] if country == "CN" else lexicon.FORMS[country]
        offsets.append(len(forms))
        sizes.append(len(own))
        forms += own
    form = np.array(offsets)[parts.country] + parts.form % np.array(sizes)[parts.country]
    brand = pc.if_else(
        pa.array(parts.country == CN),
        PINYIN.take(pa.array(parts.brand % len(PINYIN))),
        _LATIN.take(pa.array(parts.brand % len(_LATIN))),
    )
    return pc.binary_join_element_wise(
        brand, words_of(Coded(parts.trade, _TRADE)), words_of(Coded(form, forms)), " "
    )


def legal(parts: NameParts) -> pa.Array:
    """The name in the register."""
    return pc.coalesce(chinese(parts), latin(parts))


def city_of(parts: NameParts) -> pa.Array:
    """The city's name."""
    abroad = [city for country in lexicon.COUNTRIES[1:] for city in lexicon.CITIES[country]]
    code = np.where(
        parts.country == CN, parts.city, len(_CITY_NAMES) + (parts.country - 1) * 8 + parts.city % 8
    )
    return words_of(Coded(code, _CITY_NAMES + abroad))
