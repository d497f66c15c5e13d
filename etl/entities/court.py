"""What courts, registries and authorities publish about a company (R0-70, R0-94, R1-30, R4-G6)."""

from etl.entities.contract import (
    CURRENCY,
    KEY,
    Column,
    Entity,
    choice,
    count,
    day,
    identifier,
    money,
    required,
    text,
)
from etl.entities.found import FOUND_KEY, PROVIDER, RECORD_ID, found

COURT_RECORD = Entity(
    "court_record",
    "One proceeding or one document of it. Who is what in it: court_party. A bankruptcy is one "
    "with case_type bankruptcy, accepted on filed_on.",
    key=FOUND_KEY,
    event_date="filed_on",
    amount="amount",
    columns=found(
        text("case_no", "案号, the court's number of the case; one case has many documents"),
        text("court", "The court"),
        text("title", "The case's name"),
        text("cause", "案由, what it is about"),
        choice(
            "case_type",
            "Kind of proceeding",
            "civil", "criminal", "administrative", "enforcement", "bankruptcy", "arbitration",
            "other",
            default="civil",
        ),
        choice(
            "stage",
            "Which document it is. closed: 终本, enforcement ended",
            "filing", "hearing", "notice", "judgment", "enforcement", "closed",
            default="filing",
        ),
        day("filed_on", "The day it was filed or accepted"),
        day("hearing_on", "The day of the hearing"),
        day("judged_on", "The day of the judgment"),
        day("closed_on", "The day it ended"),
        day("published_on", "The day it was made public"),
        choice("status", "Whether it is over", "open", "closed", "unknown", default="unknown"),
        money("amount", "What is at stake, or was awarded"),
        money("unperformed_amount", "What a closed enforcement left unpaid"),
        CURRENCY,
        text("result", "What was decided"),
        text("document_url", "Where it can be read"),
        named=False,
    ),
)  # fmt: skip

COURT_PARTY = Entity(
    "court_party",
    "One party of a court record and its role: a plaintiff is not a debtor (A9, Lawsuits).",
    key=("provider", "record_id", "role", "party_name"),
    columns=(
        PROVIDER,
        RECORD_ID,
        choice(
            "role",
            "defendant 被告; enforced 被执行人; respondent 被申请人; third 第三人; petitioner and "
            "debtor: of a bankruptcy",
            "plaintiff", "defendant", "third", "applicant", "respondent", "appellant", "appellee",
            "enforced", "petitioner", "debtor", "other",
            default="other",
        ),
        Column("party_name", KEY, "The party's name as the record writes it", required=True),
        text("role_text", "The role in the source's own words"),
        choice(
            "party_kind", "What the party is", "company", "person", "unknown", default="unknown"
        ),
        identifier("party_id", "The party's number at the provider"),
        identifier("party_number", "The party's official number, perhaps masked"),
        text("result", "What was decided about this party"),
        choice("outcome", "For this party, when the source says so", "won", "lost", "partly"),
    ),
)  # fmt: skip

LISTING = Entity(
    "listing",
    "A company stands on a public list from one day to another (R4-G6, EW05, EW17).",
    key=("provider", "kind", "record_id", "customer_id"),
    event_date="listed_on",
    amount="amount",
    in_order=(("listed_on", "ended_on"),),
    columns=found(
        Column(
            "kind",
            KEY,
            "The list. dishonest 失信被执行人; enforcement 被执行人; consumption_limit 限制高消费; "
            "abnormal_operation 经营异常; serious_illegal 严重违法; revoked 吊销; deregistered 注销; "
            "tax_arrears 欠税; equity_freeze 股权冻结; bankruptcy: of a source that gives no case",
            required=True,
            allowed=(
                "dishonest", "enforcement", "consumption_limit", "abnormal_operation",
                "serious_illegal", "revoked", "deregistered", "bankruptcy", "tax_arrears",
                "equity_freeze", "sanctioned", "other",
            ),
        ),
        day("listed_on", "First day on the list"),
        day("published_on", "The day it was made public"),
        day("ended_on", "The day it was taken off; NULL while it stands"),
        money("amount", "The sum behind it"),
        money("unperformed_amount", "What of it was not paid"),
        CURRENCY,
        text("case_no", "案号 behind it"),
        text("court", "The court or authority"),
        text("reason", "Why it was listed"),
        text("person_name", "The person listed with it, as with 限高"),
        choice("party_kind", "What the listed party is", "company", "person", "unknown"),
    ),
)  # fmt: skip

PENALTY = Entity(
    "penalty",
    "An authority punished a company (R0-94, R1-31, R1-60).",
    key=FOUND_KEY,
    event_date="decided_on",
    amount="amount",
    columns=found(
        day("decided_on", "The day of the decision"),
        day("published_on", "The day it was made public"),
        text("authority", "Who decided"),
        text("case_no", "The decision's number"),
        choice(
            "category",
            "What law was broken; environment counts in ESG",
            "environment", "tax", "quality", "safety", "labour", "competition", "data",
            "registration", "other",
            default="other",
        ),
        text("cause", "What was done wrong"),
        text("kind", "The punishment in the source's words"),
        money("amount", "The fine"),
        CURRENCY,
    ),
)  # fmt: skip

LICENCE = Entity(
    "licence",
    "A permit or certificate of a company (R0-94, R1-31).",
    key=FOUND_KEY,
    event_date="valid_from",
    in_order=(("valid_from", "valid_until"),),
    columns=found(
        text("licence_name", "What it permits"),
        text("licence_number", "Its number"),
        text("authority", "Who gave it"),
        day("valid_from", "First day"),
        day("valid_until", "Last day"),
        choice("status", "Whether it holds", "valid", "expired", "revoked", "unknown"),
    ),
)

REGISTRATION = Entity(
    "registration",
    "A company as a public registry has it (R1-71, R3-02, R4-97). Its other names: former_name.",
    key=FOUND_KEY,
    event_date="founded_on",
    columns=found(
        text("registration_number", "The registry's number"),
        text("uscc", "统一社会信用代码"),
        text("tax_number", "Tax number"),
        text("organisation_code", "组织机构代码"),
        text("lei", "Legal entity identifier"),
        text("cik", "SEC's number"),
        choice(
            "status",
            "revoked 吊销 and deregistered 注销 are vetoes (R4-G6)",
            "active", "inactive", "revoked", "deregistered", "moved", "liquidation", "unknown",
            default="unknown",
        ),
        text("status_text", "The status in the source's words"),
        text("legal_form", "Legal form"),
        text("legal_person", "法定代表人, legal representative"),
        day("founded_on", "The day it was founded"),
        day("valid_until", "The day its licence ends"),
        money("capital", "Registered capital"),
        money("paid_capital", "Paid-in capital"),
        CURRENCY,
        text("country", "Country of registration"),
        text("address", "Registered address"),
        text("industry_code", "Industry code"),
        text("industry", "Industry in words"),
        text("business_scope", "经营范围, what it may do"),
        count("staff", "People employed; the lower end of a range", "people"),
        identifier("parent_record_id", "The parent's registration at the provider"),
        day("updated_on", "The day the registry changed it last"),
    ),
)  # fmt: skip

REGISTRATION_CHANGE = Entity(
    "registration_change",
    "A registry changed what it says of a company (EW17).",
    key=FOUND_KEY,
    event_date="changed_on",
    columns=found(
        required(day("changed_on", "The day of the change")),
        choice(
            "item",
            "What changed",
            "name", "legal_representative", "status", "address", "capital", "shareholder",
            "scope", "manager", "other",
            default="other",
        ),
        text("item_text", "What changed, in the source's words"),
        text("value_before", "What it said"),
        text("value_after", "What it says now"),
    ),
)  # fmt: skip

COURT = (
    COURT_RECORD,
    COURT_PARTY,
    LISTING,
    PENALTY,
    LICENCE,
    REGISTRATION,
    REGISTRATION_CHANGE,
)
