"""What no API gives: the files people keep, as of a day, written from a world.

One CSV a subject, with the headers such files have; some in Chinese, some in gb18030, some with
semicolons. The untidy share of the world's rows is in them, and one line in 200 stands there twice.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sandbox.world.as_text import held, shown
from sandbox.world.reader import World
from sandbox.world.tables import TABLES


@dataclass(frozen=True)
class Export:
    """A file: the table it comes from and, column by column, header → column. For what is known of
    a company (not of an account) the customer's number is put in front."""

    file: str
    table: str
    headers: dict[str, str]
    customer: str = "Customer No"
    encoding: str = "utf-8"
    delimiter: str = ","
    where: str = "true"


def _same(table: str, *names: str) -> dict[str, str]:
    """Headers that are the column's name in words."""
    return {name.replace("_", " ").capitalize(): name for name in names or _own(table)}


def _own(table: str) -> tuple[str, ...]:
    return tuple(
        name for name, _ in TABLES[table].columns if name not in ("customer_id", "party_no")
    )


EXPORTS = (
    Export(
        "statements.csv",
        "statement",
        {
            "会计期末": "period_end", "期间(月)": "period_months", "口径": "basis",
            "披露日期": "published_on", "是否审计": "is_audited", "审计意见": "auditor_opinion",
            "会计准则": "accounting_standard", "币种": "currency", "资产总计": "total_assets",
            "流动资产": "current_assets", "货币资金": "cash", "应收账款": "receivables",
            "存货": "inventory", "预付款项": "prepaid", "固定资产": "fixed_assets",
            "负债合计": "total_liabilities", "流动负债": "current_liabilities",
            "应付账款": "payables", "短期借款": "short_term_debt", "长期借款": "long_term_debt",
            "所有者权益": "equity", "实收资本": "paid_in_capital", "资本公积": "capital_reserve",
            "留存收益": "retained_earnings", "总市值": "market_equity", "营业收入": "revenue",
            "营业成本": "cost_of_sales", "期间费用": "operating_expenses",
            "利息支出": "interest_expense", "营业利润": "operating_profit", "息税前利润": "ebit",
            "利润总额": "pretax_profit", "所得税": "income_tax", "净利润": "net_income",
            "折旧": "depreciation", "经营现金流": "operating_cash_flow",
            "投资现金流": "investing_cash_flow", "筹资现金流": "financing_cash_flow",
            "购建固定资产": "capital_expenditure", "新增股本": "equity_issued",
            "分红": "dividends_paid", "股本数": "shares_outstanding", "员工人数": "staff",
        },
        customer="客户编号",
        encoding="gb18030",
        where="t.source = 'company'",
    ),
    Export("group_members.csv", "group_member",
           _same("group_member", "parent_no", "parent_name", "share", "is_ultimate", "valid_from", "valid_until")),
    Export("esg.csv", "esg_score", _same("esg_score")),
    Export("market_survey.csv", "reputation", {
        "来源": "source", "调查日期": "surveyed_on", "获奖数": "award_count",
        "客户评价": "review_average", "评价数": "review_count",
        "合作伙伴评价": "partner_review_average", "品牌分": "brand_score",
        "质量分": "quality_score", "市场份额": "market_share", "满意度": "satisfaction",
    }, customer="客户编号"),
    Export("industry_bands.csv", "industry_band", _same("industry_band"), customer=""),
    Export("industry_standards.csv", "industry_standard", _same("industry_standard"), customer=""),
    Export("fx.csv", "fx_rate", {"Date": "rate_date", "From": "from_currency", "To": "to_currency",
                                 "Rate": "rate"}, customer=""),
    Export("questionnaires.csv", "questionnaire_answer", {
        "问卷编号": "response_id", "题号": "question_id", "表单": "form", "题目": "question",
        "得分": "score", "最低分": "score_min", "最高分": "score_max", "日期": "answered_on",
        "评估人": "assessor", "文字答复": "answer",
    }, customer="客户编号", encoding="gb18030", delimiter=";"),
    Export("trade_references.csv", "trade_reference", _same("trade_reference")),
    Export("guarantees.csv", "guarantee", {
        "担保编号": "guarantee_id", "类型": "kind", "担保人": "guarantor", "金额": "amount",
        "币种": "currency", "评估值": "appraised_amount", "起始日": "start_date",
        "到期日": "expiry_date", "解除日": "released_on", "已核实": "is_verified",
    }, customer="客户编号"),
    Export("insurance.csv", "insurance", _same("insurance"), delimiter=";"),
    Export("expert_votes.csv", "expert_vote", _same("expert_vote")),
    Export("competitor_share.csv", "competitor_share", _same("competitor_share")),
    Export("limit_decisions.csv", "limit_decision", {
        "决策编号": "decision_id", "类型": "kind", "额度": "limit_amount", "币种": "currency",
        "理由": "reason", "申请人": "author", "审批人": "approver", "决定日期": "decided_on",
        "生效日": "valid_from", "失效日": "valid_until", "有担保": "is_secured",
    }, customer="客户编号"),
    Export("relation_costs.csv", "relation_cost", _same("relation_cost")),
)  # fmt: skip


def write_exports(world: Path, folder: Path, day: date) -> dict[str, int]:
    """Write every file as it was at the end of `day`; rows per file.

    Customers are named by the id their CRM gave them, behind the CRM's name and a colon.
    """
    folder.mkdir(parents=True, exist_ok=True)
    opened = World(world)
    try:
        return {export.file: _write(opened, export, folder, day) for export in EXPORTS}
    finally:
        opened.close()


def _write(world: World, export: Export, folder: Path, day: date) -> int:
    table = TABLES[export.table]
    columns = [f'{held(export.table, name)} AS "{head}"' for head, name in export.headers.items()]
    source, order = f"{export.table} t", ""
    if table.by == "account":
        columns.insert(0, f'{_customer(export.table)} AS "{export.customer}"')
    elif table.by == "party":
        columns.insert(0, f"c.system || ':' || c.customer_id AS \"{export.customer}\"")
        source += " JOIN truth_customer c ON c.party_no = t.party_no"
        order = "c.customer_id, "
    # A row of a file knows no number of its own: one in 200 was pasted twice.
    sql = (
        f"SELECT {', '.join(columns)} FROM {source}, unnest(CASE WHEN hash(t.row_id) % 200 = 0 "
        f"THEN [1, 2] ELSE [1] END) AS n(i) WHERE {shown(export.table, day)} AND {export.where} "
        f"ORDER BY t.row_id, {order}n.i"
    )
    path = folder / export.file
    text = str(path).replace("'", "''")
    done = world.cursor().execute(
        f"COPY ({sql}) TO '{text}' (FORMAT csv, HEADER, DELIMITER '{export.delimiter}')"
    )
    found = done.fetchone()
    if export.encoding != "utf-8":
        path.write_bytes(path.read_text(encoding="utf-8").encode(export.encoding))
    return int(found[0]) if found else 0


def _customer(table: str) -> str:
    own = held(table, "customer_id")
    return f"t.system || ':' || ({own})"
