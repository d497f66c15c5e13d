"""What agencies say of a company, and what asking them left behind (R0-02, R2-05, R3-05, R4-99)."""

from etl.entities.contract import (
    CURRENCY,
    CUSTOMER_ID,
    KEY,
    TEXT,
    Column,
    Entity,
    choice,
    count,
    day,
    flag,
    identifier,
    money,
    required,
    score,
    share,
    text,
)
from etl.entities.found import PROVIDER, SUBJECT, found

INQUIRY = Entity(
    "inquiry",
    "One question to a provider about one customer, with hits or without; no hits is knowledge too.",
    key=("provider", "product", "customer_id", "keyword", "asked_on"),
    event_date="asked_on",
    one_version_per_batch=False,
    columns=(
        PROVIDER,
        Column(
            "product",
            KEY,
            "The product or interface asked. In a file of your own litigation, listing (every "
            "public list) or one list by its kind, penalty, licence, registration, score; any "
            "other word answers what its records name as their product",
            required=True,
        ),
        SUBJECT,
        Column("keyword", KEY, "The name or number asked for", required=True),
        required(day("asked_on", "The day of the question")),
        Column(
            "outcome",
            TEXT,
            "none: the provider knows nothing; failed: it gave no answer, nothing is known",
            required=True,
            allowed=("hits", "none", "failed"),
        ),
        count("hits", "Records it says it has", "records"),
        text("reference", "The provider's number of the question"),
    ),
)

BUREAU_SCORE = Entity(
    "bureau_score",
    "A provider's score or letter for a company, on its own scale (R0-02, Q17, EW06).",
    key=("provider", "record_id", "scale_id", "report_date", "customer_id"),
    event_date="report_date",
    columns=found(
        required(identifier("scale_id", "The scale, such as qichacha_1000 (sql/reference)")),
        required(day("report_date", "The day the score is of")),
        score("score", "The score as the provider gives it"),
        score("score_min", "The worst the scale has"),
        score("score_max", "The best the scale has; below score_min where low is good"),
        text("band", "The provider's letter or class"),
        text("band_meaning", "The class in words"),
        score("default_probability", "Probability of default in a year", ("0", "1")),
        money("recommended_limit", "The credit the provider would give"),
        Column("currency", TEXT, "ISO 4217 code of recommended_limit"),
        Column(
            "days_beyond_terms",
            "DECIMAL(9,2)",
            "Mean days it pays late, by the provider",
            unit="days",
        ),
        day("rated_since", "The day the class was last changed"),
    ),
)

BUREAU_LINE = Entity(
    "bureau_line",
    "One loan, card or supplier's credit in a bureau's report (R1-03, R2-02, R3-05).",
    key=("provider", "record_id", "report_date", "customer_id"),
    event_date="report_date",
    amount="balance_amount",
    columns=found(
        required(day("report_date", "The day of the report")),
        choice("kind", "What it is", "loan", "card", "trade", "lease", "other", default="loan"),
        text("creditor", "Who gave it"),
        day("opened_on", "Since when"),
        money("limit_amount", "How much was granted"),
        money("balance_amount", "How much is owed"),
        money("overdue_amount", "How much of it is overdue"),
        CURRENCY,
        count("overdue_count", "How often it was overdue (loan_overdue_cnt)", "times"),
        count("days_past_due_max", "The longest it was overdue", "days"),
        choice("status", "Where it stands", "open", "closed", "default", "written_off"),
    ),
)

TAX_CREDIT = Entity(
    "tax_credit",
    "纳税信用等级: the tax authority's grade of a company for one year.",
    key=("provider", "record_id", "year", "customer_id"),
    columns=found(
        required(count("year", "The year graded", least=1990)),
        required(text("level", "A, B, M, C or D as the authority writes it")),
        text("authority", "The tax authority"),
    ),
)

TRADE_REFERENCE = Entity(
    "trade_reference",
    "What another supplier or partner says of how the customer pays (R3-70, R1-40).",
    key=("reference_id",),
    event_date="given_on",
    columns=(
        required(identifier("reference_id", "The reference's number")),
        CUSTOMER_ID,
        required(text("referee", "Who was asked")),
        choice("relation", "What it is to the customer", "supplier", "partner", "bank", "other"),
        required(day("given_on", "The day of the answer")),
        day("trading_since", "Since when they trade"),
        money("high_credit", "The most it ever owed there"),
        money("owed_amount", "What it owes there now"),
        money("overdue_amount", "What of it is overdue"),
        CURRENCY,
        count("terms_days", "Days of credit it gets there", "days"),
        Column(
            "days_late",
            "DECIMAL(9,2)",
            "Mean days it pays late there",
            unit="days",
        ),
        score("rating", "The referee's rating, 5 is best", ("1", "5")),
        text("comment", "In the referee's words"),
    ),
)

AGENCY_ASSESSMENT = Entity(
    "agency_assessment",
    "How good a rating agency is, by our own judgement (R2-05).",
    key=("provider", "factor", "assessed_on"),
    event_date="assessed_on",
    columns=(
        PROVIDER,
        Column(
            "factor",
            KEY,
            "What was judged",
            required=True,
            allowed=("model", "coverage", "update_frequency", "fairness", "accuracy"),
        ),
        required(day("assessed_on", "The day of the judgement")),
        required(score("score", "5 is best", ("1", "5"))),
        count("update_days", "Days between two updates (agency_update_days)", "days"),
    ),
)

ESG_SCORE = Entity(
    "esg_score",
    "Environment, social duty and governance by an agency or the company's own report "
    "(R0-80, R1-60..R1-62).",
    key=("provider", "record_id", "pillar", "report_date", "customer_id"),
    event_date="report_date",
    columns=found(
        Column(
            "pillar",
            KEY,
            "What was scored; csr: a social responsibility report as a whole",
            required=True,
            allowed=("environment", "social", "governance", "total", "csr"),
        ),
        required(day("report_date", "The day the score is of")),
        score("score", "The score as given; higher is better"),
        score("score_min", "The worst the scale has"),
        score("score_max", "The best the scale has"),
        text("band", "The letter, where there is one"),
        flag("is_self_reported", "By the company itself, not by an agency"),
    ),
)

REPUTATION = Entity(
    "reputation",
    "One finding about a company's standing in its market (R0-90, R1-20, R1-21, R1-40, R1-41).",
    key=("provider", "record_id", "kind", "customer_id"),
    event_date="reported_on",
    columns=found(
        Column(
            "kind",
            KEY,
            "What it says something about",
            required=True,
            allowed=(
                "award", "customer_review", "partner_review", "customer_satisfaction", "brand",
                "quality", "market_share", "outlook", "press",
            ),
        ),
        required(day("reported_on", "The day it is of")),
        score("score", "The score as given; higher is better"),
        score("score_min", "The worst the scale has"),
        score("score_max", "The best the scale has"),
        share("market_share", "The company's part of its market; kind market_share"),
        count("answers", "Reviews or answers behind the score", "answers"),
        text("title", "The award, the survey or the headline"),
    ),
)  # fmt: skip

BUREAU = (
    INQUIRY,
    BUREAU_SCORE,
    BUREAU_LINE,
    TAX_CREDIT,
    TRADE_REFERENCE,
    AGENCY_ASSESSMENT,
    ESG_SCORE,
    REPUTATION,
)
