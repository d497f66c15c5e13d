"""What a rule of data quality says in Chinese, for the page: written beside the English in its file, or made
from the contract of the record type.

Without the numbers of a night: those stand in the English sentence and in the count.
"""

import re
from collections.abc import Mapping

from etl.entities import ENTITIES, Entity
from etl.publish.assets import words
from etl.quality.contract import ARRIVING, KNOWN, SCHEMAS
from etl.quality.suite import read_suites, suite_of

OF_CONTRACT = {
    "key_blank": "{record}缺少编号，无法与其他记录区分。",
    "required_missing": "{record}缺少必填内容。",
    "currency_code": "{record}的币种不是三位 ISO 代码（如 CNY）。",
    "negative": "{record}中不应为负的数值为负数。",
    "key_unique": "同一{record}重复出现。",
}
"""Of the contract's rules those of one name for all record types."""
OF_COLUMN = {
    "_negative": "{record}的 {column} 为负数，请在映射中注明正负号。",
    "_range": "{record}的 {column} 超出允许范围。",
    "_unknown": "{record}的 {column} 不在允许的取值之内。",
}
"""Those of a column, by how their name ends."""
REFERS = "{record}对应的{other}尚无数据。"
REVERSED = "{record}的日期先后颠倒：{pairs}。"
DAYS = {
    "order_date": "下单日", "closed_on": "关闭日", "offered_on": "报价日", "signed_on": "签订日",
    "start_date": "起始日", "end_date": "结束日", "expiry_date": "到期日", "promised_on": "承诺日",
    "due_date": "应付日", "valid_from": "生效日", "valid_until": "失效日", "expires_on": "失效日",
    "opened_on": "受理日", "period_end": "报表期末", "published_on": "披露日",
    "listed_on": "列入日", "ended_on": "移出日",
}  # fmt: skip
"""Of a record's days that have an order."""


def refusals() -> dict[str, list[str]]:
    """What a rule says that puts a row into quarantine, as words of a page: key -> [Chinese, English]."""
    said = RuleWords()
    return {
        f"refused.{rule.rule_id}": [sentence, rule.meta.reason]
        for suite in read_suites(ARRIVING).values()
        for rule in suite.rules
        if rule.severity == "critical" and rule.meta.kind == "row"
        if (sentence := said.of(suite.name, rule.rule_id))
    }


STANDS = "is held, yesterday's data stands: "
FIELDS = re.compile(r"\\{\w+\\}")
"""What a table rule's sentence quotes, `{received_rows}`, after re.escape."""
HELD = "已扣留，沿用旧数据：{reasons}"
BUDGET = re.compile(
    r"the budget of (?P<budget>\d+) paid calls (is used up|leaves no more): "
    r"(?P<asked>\d+) customers were asked about, (?P<waiting>\d+) wait for another night\."
)
USED_UP = "付费查询的预算 {budget} 次已用完：已查询 {asked} 家客户，其余 {waiting} 家留待下一晚。"


class RuleWords:
    """The sentences of one page; each suite is looked into once."""

    def __init__(self) -> None:
        self._words = words()
        self._suites: dict[str, Mapping[str, str]] = {}

    def of(self, suite: str, rule_id: str) -> str | None:
        """The sentence of a rule that a page may show as not met; None for one that keeps a night from being
        published, and for one that is no longer there."""
        if suite not in self._suites:
            self._suites[suite] = self._sentences(suite)
        return self._suites[suite].get(rule_id)

    def held(self, sentence: str) -> str | None:
        """Why a feed is held, when rules hold it; None when something else does. Nothing is kept of a batch
        that is held but its sentence: the rules are known by their own."""
        _, _, reasons = sentence.partition(STANDS)
        if not reasons:
            return None
        said = [
            zh
            for name, suite in read_suites(ARRIVING).items()
            for rule in suite.rules
            if rule.meta.kind == "table" and rule.severity == "critical"
            if re.search(FIELDS.sub(".*", re.escape(rule.meta.reason)), reasons)
            if (zh := self.of(f"{ARRIVING}.{name}", rule.rule_id))
        ]
        return HELD.format(reasons="".join(said)) if said else None

    def remark(self, sentence: str) -> str | None:
        """What a pull says of the budget; None for another remark."""
        found = BUDGET.fullmatch(sentence)
        return USED_UP.format(**found.groupdict()) if found else None

    def _sentences(self, name: str) -> Mapping[str, str]:
        schema, _, table = name.partition(".")
        suite = suite_of(schema, table)
        found = {}
        for rule in suite.rules if suite else ():
            said = rule.meta.reason_zh
            if said is None and schema in SCHEMAS and table in ENTITIES:
                short = rule.rule_id.partition(".")[2]
                said = self._of_contract(ENTITIES[table], schema == KNOWN, short)
            if said is not None:
                found[rule.rule_id] = said
        return found

    def _of_contract(self, entity: Entity, is_known: bool, short: str) -> str | None:
        record = self._record(entity.name)
        if short in OF_CONTRACT:
            return OF_CONTRACT[short].format(record=record)
        if short == "dates_reversed":
            pairs = "，或".join(f"{DAYS[late]}早于{DAYS[early]}" for early, late in entity.in_order)
            return REVERSED.format(record=record, pairs=pairs)
        for column in entity.columns:
            there = column.refers_to
            if is_known and there and short == f"{column.name.removesuffix('_id')}_unknown":
                return REFERS.format(record=record, other=self._record(there))
        for end, said in OF_COLUMN.items():
            if short.endswith(end) and not is_known:
                return said.format(record=record, column=short.removesuffix(end))
        return None

    def _record(self, entity: str) -> str:
        return self._words[f"entity.{entity}"][0]
