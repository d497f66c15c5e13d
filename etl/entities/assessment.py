"""What people judge: questionnaires, site visits, expert panels, how close a customer is."""

from etl.entities.contract import (
    CUSTOMER_ID,
    KEY,
    Column,
    Entity,
    choice,
    day,
    identifier,
    required,
    score,
    share,
    text,
)

QUESTIONNAIRE_ANSWER = Entity(
    "questionnaire_answer",
    "One answer of a filled-in form about a customer (R1-50, R1-51, R2-04, R3-70, R4-63).",
    key=("response_id", "question_id"),
    event_date="answered_on",
    columns=(
        required(identifier("response_id", "The filled-in form")),
        required(identifier("question_id", "The question, the same in every form")),
        CUSTOMER_ID,
        choice(
            "form",
            "What was asked about",
            "management", "operations", "supply_chain", "site_visit", "interview",
            "business_model", "identity", "satisfaction", "other",
            default="other",
        ),
        required(day("answered_on", "The day of the answer")),
        score("score", "The answer in points; NULL: only words, or does not apply"),
        score("score_min", "The worst the scale has; NULL: 1"),
        score("score_max", "The best the scale has; NULL: 5"),
        score("weight", "The question's weight in its form; NULL: all weigh alike", ("0", "1000")),
        text("answer", "The answer in words"),
        text("question", "The question in words"),
        text("assessor", "Who filled it in"),
    ),
)  # fmt: skip

EXPERT_VOTE = Entity(
    "expert_vote",
    "One expert's score of one factor of one customer in one round (R4-E1, C15).",
    key=("customer_id", "expert_id", "panel", "round_no", "factor"),
    event_date="voted_on",
    columns=(
        CUSTOMER_ID,
        required(identifier("expert_id", "The expert, by number: votes are secret")),
        Column("panel", KEY, "The inquiry the rounds belong to", required=True, default="1"),
        Column(
            "round_no",
            "INTEGER",
            "The round; the last one counts",
            required=True,
            default="1",
            between=("1", "20"),
        ),
        required(
            identifier("factor", "dunning_count, claim_cause, bad_record, or a further one (Q15)")
        ),
        required(score("score", "5 is best", ("1", "5"))),
        required(day("voted_on", "The day of the vote; older than 12 months: does not count")),
        text("reason", "Why"),
    ),
)

COMPETITOR_SHARE = Entity(
    "competitor_share",
    "Competitors' share of the goods of our kind that a reseller sells (R4-G3, Q11).",
    key=("customer_id", "stated_on", "competitor"),
    event_date="stated_on",
    columns=(
        CUSTOMER_ID,
        required(day("stated_on", "The day it is of")),
        Column(
            "competitor",
            KEY,
            "The competitor; all: every one together",
            required=True,
            default="all",
        ),
        required(share("share", "Its part of the goods of our kind that the customer sells")),
        text("source", "Who says so"),
    ),
)

ASSESSMENT = (QUESTIONNAIRE_ANSWER, EXPERT_VOTE, COMPETITOR_SHARE)
