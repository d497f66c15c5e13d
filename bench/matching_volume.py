"""100,000 customers against 100,000 parties of court records: time and memory, in a process of its own.

Names are drawn from a few hundred syllables and characters, so that beginnings and words are shared as in a real
register and homonyms occur; one party in three is a customer.
"""

import random
import sys
from collections.abc import Callable, Iterator
from datetime import date

import pyarrow as pa
from stdnum.cn import uscc

from bench.matching_night import fill, shipped_rules, snapshots
from bench.measure import GIB, cost, line
from etl.matching.link import link

COUNT = 100_000
MOST_SECONDS = 120.0
MOST_MEMORY = 4 * GIB
CITIES = (
    "杭州", "宁波", "温州", "上海", "北京", "深圳", "广州", "东莞", "佛山", "苏州", "无锡", "南京", "成都",
    "重庆", "武汉", "长沙", "青岛", "济南", "西安", "合肥",
)  # fmt: skip
CHARACTERS = "明远华盛达宏兴泰安瑞丰金德信诚汇通海天龙凤鼎锦辰博创新科源祥顺康乐嘉美佳润泽恒永昌荣富贵和平东方星云"
TRADES = (
    "机械", "贸易", "科技", "电子", "化工", "纺织", "食品", "建材", "物流", "实业", "机电设备", "新材料", "信息技术",
    "汽车配件", "医疗器械", "包装",
)  # fmt: skip
FORMS = (
    "有限公司", "有限公司", "有限责任公司", "股份有限公司",
)  # fmt: skip
SYLLABLES = (
    "mer", "al", "tor", "vin", "gra", "lex", "dor", "sta", "ber", "nor", "kel", "mon", "ri",
    "za", "pol", "tek", "ha", "ver", "sen", "qu", "hart", "wood", "field",
)  # fmt: skip
KINDS = (
    "Trading", "Industries", "Systems", "Foods", "Logistics", "Technologies", "Engineering",
    "Holdings", "Pharma", "Textiles",
)  # fmt: skip
LATIN_FORMS = (
    "Ltd", "Limited", "Inc", "GmbH", "LLC", "Corp",
)  # fmt: skip


def at_volume(say: Callable[[str], object] = sys.stdout.write) -> bool:
    """Print what it costs; True when it stays within two minutes and four GiB."""
    spent = cost(_work)
    say(line(f"match {COUNT:,} x {COUNT:,}", spent))
    return spent.seconds <= MOST_SECONDS and spent.memory <= MOST_MEMORY


def _work() -> None:
    ours = list(range(COUNT))
    theirs = [number if number % 3 == 0 else number + 10 * COUNT for number in ours]
    with snapshots() as connection:
        connection.register("ours", _companies(ours))
        connection.register("theirs", _companies(theirs))
        fill(
            connection,
            "customer",
            "SELECT 'C' || no AS customer_id, name AS customer_name, country FROM ours",
        )
        fill(
            connection,
            "party_identifier",
            "SELECT 'C' || no AS customer_id, 'uscc' AS scheme, code AS value FROM ours WHERE no % 10 < 9",
        )
        fill(
            connection,
            "court_party",
            "SELECT 'court' AS provider, 'R' || no AS record_id, 'defendant' AS role, name AS party_name, "
            "'company' AS party_kind, CASE WHEN no % 4 = 0 THEN code END AS party_number FROM theirs",
        )
        link(connection, date(2026, 11, 20), shipped_rules())


def _companies(numbers: list[int]) -> pa.Table:
    names = list(map(_name, numbers))
    return pa.table(
        {
            "no": numbers,
            "name": names,
            "country": ["CN" if number % 2 else "GB" for number in numbers],
            "code": list(_codes(numbers)),
        }
    )


def _name(number: int) -> str:
    chance = random.Random(number)  # noqa: S311 - a draw for a benchmark
    if number % 2:
        brand = "".join(chance.choice(CHARACTERS) for _ in range(chance.choice((2, 2, 3))))
        return chance.choice(CITIES) + brand + chance.choice(TRADES) + chance.choice(FORMS)
    brand = "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 3)))).title()
    return f"{brand} {chance.choice(KINDS)} {chance.choice(LATIN_FORMS)}"


def _codes(numbers: list[int]) -> Iterator[str]:
    for number in numbers:
        base = f"9133{number:013d}"
        yield base + uscc.calc_check_digit(base)
