"""One alert of every kind, and what a person is told of each."""

from datetime import date
from pathlib import Path
from shutil import copyfile

import duckdb

from tests.sql.night import build, model, policies

C = "customer"
GIVEN = (
    "rule_id", "subject_kind", "subject_id", "severity", "value", "threshold", "previous_value",
    "value_text", "previous_text",
)  # fmt: skip
# GIVEN, and what the English and the Chinese reader see
KINDS = (
    ("EW01", C, "C1", "red", "376658.01", "300000", None, None, None,
     "exposure 376,658.01 CNY · line 300,000.00 CNY", "占用 376,658.01 CNY · 警戒线 300,000.00 CNY"),
    ("EW01", C, "C2", "amber", "80", "79.9999", None, None, None,
     "exposure 80.00 CNY · line 80.00 CNY", "占用 80.00 CNY · 警戒线 80.00 CNY"),
    ("EW01", C, "C3", "red", "80", "0", None, None, None,
     "exposure 80.00 CNY, and no credit is granted (the limit is 0)", "占用 80.00 CNY，而未给予额度（额度为 0）"),
    ("EW02", C, "C1", "red", "4", None, "2", "D", "B", "B → D", "B → D"),
    ("EW03", C, "C1", "amber", "3", None, None, "C", None, "C", "C"),
    ("EW04", C, "C1", "amber", "12.5", "5", "1", None, None,
     "12.5 days late over the last 3 months · 1 day over the look-back · line: 5 days more",
     "近 3 个月平均逾期 12.5 天 · 整个回看期 1 天 · 警戒线：多 5 天"),
    ("EW05", C, "C1", "red", "50000", "10000", None, "lawsuit", None,
     "lawsuit · 50,000.00 CNY at stake · red from 10,000.00 CNY",
     "被诉 · 涉及金额 50,000.00 CNY · 红线 10,000.00 CNY"),
    ("EW05", C, "C2", "amber", None, None, None, "dishonest", None,
     "dishonest debtor", "失信被执行人"),
    ("EW05", C, "C3", "amber", "2", None, None, "match_review", None,
     "records to confirm: 2", "待确认记录 2 条"),
    ("EW06", C, "C1", "amber", "0.48", "0.1", "0.62", "C", "B",
     "B → C · score at 48% of its scale · before: 62% · line: a fall by 10% of the scale",
     "B → C · 评分在其量表的 48% 处 · 此前 62% · 警戒线：下降量表的 10%"),
    ("EW07", C, "C1", "amber", "-0.6", "-0.5", "10", None, None,
     "orders -60% against the same quarter last year · orders then: 10 · line -50%",
     "近 3 个月订单数同比 -60% · 去年同期 10 单 · 警戒线 -50%"),
    ("EW08", C, "C1", "amber", "12", "10", None, "delivery_delay", None,
     "delivery delayed by 12 days · line 10 days", "因客户延迟交货 12 天 · 警戒线 10 天"),
    ("EW08", C, "C2", "amber", "1", None, None, "breach", None,
     "breaches of contract in 24 months: 1", "近 24 个月违约 1 次"),
    ("EW09", C, "C1", "amber", "0.3", "0.02", None, "complaint_rate", None,
     "complaint rate 30% · the whole book 2%", "投诉率 30% · 全体客户 2%"),
    ("EW09", C, "C2", "amber", "0.3", "0.02", None, "refund_rate", None,
     "refund rate 30% · the whole book 2%", "退款率 30% · 全体客户 2%"),
    ("EW10", C, "C1", "amber", "1.05", "1", None, "distress", "grey",
     "grey → distress · Z″ 1.05 · line: zones fallen 1", "灰色 → 困境 · Z″ 值 1.05 · 警戒线：下降区间数 1"),
    ("EW10", C, "C2", "amber", "2", "2", "4", None, None,
     "class of the evaluation 2 (5 is best) · the year before: 4 · line: 2 classes fallen",
     "绩效类型 2（5 为优） · 上年 4 · 警戒线：下降 2 类"),
    ("EW11", C, "C1", "amber", "0.85", "0.8", "6", None, None,
     "85% paid early · a surge of orders, from 6 in the 90 days before · line 80%",
     "提前付款 85% · 订单激增，此前 90 天 6 单 · 警戒线 80%"),
    ("EW12", C, "C1", "amber", "3", "2", None, None, None,
     "orders reopened within 7 days: 3 · line 2", "7 天内重新打开的订单 3 单 · 警戒线 2 单"),
    ("EW13", "group", "G1", "amber", "1500000", "1000000", None, None, None,
     "exposure of the group 1,500,000.00 CNY · line 1,000,000.00 CNY",
     "集团占用 1,500,000.00 CNY · 警戒线 1,000,000.00 CNY"),
    ("EW13", "book", "top_five", "amber", "3", "2.5", None, None, None,
     "exposure of the five largest 3.00 CNY · line 2.50 CNY", "前五户占用合计 3.00 CNY · 警戒线 2.50 CNY"),
    ("EW14", C, "C1", "red", "1", "30", None, "cover_ends", None,
     "cover ends in 1 day · line 30 days", "担保或保险还有 1 天到期 · 警戒线 30 天"),
    ("EW14", C, "C2", "amber", "200", "150", None, "cover_too_small", None,
     "exposure 200.00 CNY, more than its cover · cover 150.00 CNY", "占用 200.00 CNY，超过保障 · 保障 150.00 CNY"),
    ("EW14", C, "C3", "red", "200", None, None, "cover_too_small", None,
     "exposure 200.00 CNY, more than its cover", "占用 200.00 CNY，超过保障"),
    ("EW15", C, "C1", "amber", "691", None, None, "statement", None,
     "statement · 691 days old · line 18 months", "财务报表 · 已有 691 天 · 警戒线 18 个月"),
    ("EW15", C, "C2", "amber", "40", None, None, "bureau", None,
     "bureau report · 40 days old · line 1 month", "评级报告 · 已有 40 天 · 警戒线 1 个月"),
    ("EW16", C, "C1", "amber", "78", "30", None, None, None,
     "78 days without contact · line 30 days", "78 天没有联系 · 警戒线 30 天"),
    ("EW17", C, "C1", "red", "2", None, None, "revoked", None,
     "licence revoked · changes in 12 months: 2", "吊销 · 近 12 个月变更 2 次"),
    ("EW18", C, "C1", "amber", "4", "1", "3", None, None,
     "industry risk band 4 (5 is the highest) · before: 3 · line: a change by 1",
     "行业风险 4 级（5 为最高） · 此前 3 级 · 警戒线：变动 1 级"),
    ("EW18", "currency", "JPY", "amber", "0.0471", "0.05", "0.0500005", None, None,
     "rate 0.0471 · about a month ago: 0.050001 · line: a change by 5%",
     "汇率 0.0471 · 约一个月前 0.050001 · 警戒线：变动 5%"),
    ("EW19", "feed", "crm", "red", None, None, None, "held", None, "held", "已扣留"),
    ("EW20", C, "C1", "amber", "0.6", "0.2", "0.85", None, None,
     "60% of the weight known · before: 85% · line: a loss of 20% of the weight",
     "已知权重 60% · 此前 85% · 警戒线：减少 20% 的权重"),
    ("EW20", C, "C2", "amber", "3", None, "2", "C", "B", "B → C", "B → C"),
)  # fmt: skip


def night_with_all(folder: Path) -> duckdb.DuckDBPyConnection:
    """A night's tables as far as its list of alerts reads them, with mart.alert in `folder`/tables."""
    (folder / "tables").mkdir(parents=True)
    copyfile(_listed(folder), folder / "tables" / "mart.alert.parquet")
    connection = duckdb.connect()
    for schema in ("policy", "event", "measure"):
        connection.execute(f"CREATE SCHEMA {schema}")
    connection.execute(
        "CREATE TABLE policy.alert_rule AS "
        "SELECT 'EW' || lpad(CAST(n AS VARCHAR), 2, '0') AS rule_id, '规则' AS title_zh, 'Rule' AS title_en "
        "FROM range(1, 21) AS numbers (n)"
    )
    connection.execute("CREATE TABLE event.currency AS SELECT 'CNY' AS base_currency")
    connection.execute(
        "CREATE TABLE measure.exposure AS SELECT * FROM (VALUES "
        "('C1', CAST(10 AS DECIMAL(28, 2))), ('C2', 2000), ('C3', NULL)) AS one (customer_id, exposure_amount)"
    )
    return connection


def _listed(folder: Path) -> Path:
    """mart.alert, made by its SQL, of a night on which all of `KINDS` are met."""
    night = build(folder, {}, as_of=date(2026, 11, 20), policies=policies(), made={})
    types = model("action.alert_money").types
    night.inputs["action.alert_money"] = (
        types,
        [
            {**dict.fromkeys(types), **dict(zip(GIVEN, kind, strict=False)),
             "customer_id": kind[2] if kind[1] == C else None}
            for kind in KINDS
        ],
    )  # fmt: skip
    columns = night.inputs["policy.freshness"][0]
    night.inputs["policy.freshness"] = (
        columns,
        [
            {**dict.fromkeys(columns), "source": source, "months": months}
            for source, months in (("statement", 18), ("bureau", 1))
        ],
    )
    return night.file("mart.alert")


def measures() -> set[tuple[str, str | None, str | None, str | None]]:
    """Every line of sql/compare/alert.sql's list: measure, its unit, the unit of what it was, of the line."""
    query = model("mart.alert").sql
    listed = query[query.index("VALUES") :].split("\n)", 1)[0]
    return set(duckdb.sql(f"SELECT * FROM ({listed}) AS one (a, b, c, d)").fetchall())
