-- legal: what do courts, public lists and authorities say of each customer, and what is a veto?
--
-- Role-aware: only what is claimed from the customer counts; what it claims from others is information. Cases are
-- counted, not documents (core.legal_record.case_key), a bankruptcy apart from the lawsuits. A record counts once
-- matching accepted it, for a veto only when it is certain; what hangs on a name alone is counted for a person to
-- look at. Nothing found is 0 or no only for whom somebody asked, and was answered: otherwise it is not known,
-- and what was found without asking is a least number.
-- Money is in the base currency.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-70, R0-71, R0-94, R1-30, R1-31, R4-G6, R4-97; EW05, EW17; A9 Lawsuits.
--
-- Columns
--   customer_id                VARCHAR        the customer
--   base_currency              VARCHAR        of every amount in this row
--   legal_asof                 DATE           the last answer of a court or a list; NULL: nobody was asked, or none answered
--   lit_asof                   DATE           the last answer about lawsuits, else the last record; NULL: not_asked
--   listing_asof               DATE           the last answer about any public list, else the last entry; NULL: not_asked
--   lit_source                 VARCHAR        who gave the last answer about lawsuits, else told of a case unasked; NULL: not_asked [R0-71]
--   lit_source_cnt             BIGINT         providers that answered about lawsuits
--   lit_cnt_defendant_24m      BIGINT         cases against it filed in 24 months; NULL: not_asked [R0-70]
--   lit_cnt_defendant_36m      BIGINT         cases against it filed in 36 months; NULL: not_asked [R1-30]
--   lit_cnt_open               BIGINT         cases against it that nobody calls over, whenever filed; NULL: not_asked [R0-70]
--   lit_estimated_cnt          BIGINT         those of 36 months whose day of filing is told from a later document (core.legal_record.dated_on); NULL: not_asked
--   lit_undated_cnt            BIGINT         cases against it without any day: in no window; NULL: not_asked
--   lit_cnt_plaintiff_36m      BIGINT         cases in which it claims, filed in 36 months: information only; NULL: not_asked
--   lit_amt_open               DECIMAL(28,2)  at stake in lit_cnt_open, as far as stated; NULL: lit_amt_open_reason [R0-70]
--   lit_amt_open_reason        VARCHAR        not_asked, no_fx, amount_not_stated; NULL: there is one
--   lit_amt_unknown_cnt        BIGINT         open cases that state no amount; NULL: not_asked
--   lit_match_conf             DECIMAL(18,6)  fraction, the least certain match among the cases of 36 months; NULL: none [R0-71]
--   enforcement_cnt            BIGINT         被执行 cases that stand, by list or court; NULL: not_asked [R0-70]
--   enforcement_amount         DECIMAL(28,2)  what is enforced in them, as far as stated; NULL: not_asked, no_fx, not stated
--   enforcement_ended_cnt_36m  BIGINT         终本: enforcements that ended for want of assets in 36 months, by the day they ended, else of filing; NULL: not_asked [R0-70]
--   dishonest_flag             BOOLEAN        失信被执行人 tonight; NULL: not_asked [R0-70]
--   consumption_limit_flag     BOOLEAN        限制高消费 tonight; NULL: not_asked [R0-70]
--   abnormal_op_flag           BOOLEAN        经营异常 tonight; NULL: not_asked [R0-94]
--   serious_illegal_flag       BOOLEAN        严重违法 tonight; NULL: not_asked [R0-94]
--   tax_arrears_flag           BOOLEAN        欠税 tonight; NULL: not_asked [R0-94]
--   equity_freeze_flag         BOOLEAN        股权冻结 tonight; NULL: not_asked [R0-70]
--   sanctioned_flag            BOOLEAN        on a sanctions list tonight; NULL: not_asked [R0-94]
--   penalty_cnt_36m            BIGINT         decisions of authorities against it in 36 months (those for the environment: indicator.esg); NULL: not_asked [R1-31]
--   penalty_amount_36m         DECIMAL(28,2)  fines, as far as stated; NULL: not_asked, no_fx
--   licence_cnt                BIGINT         permits we know of, each name once; NULL: not_asked
--   licence_expired_cnt        BIGINT         those that ran out or were taken away; NULL: not_asked [R0-94]
--   licence_next_expiry        DATE           the next day one that holds runs out; NULL: none does
--   registration_status        VARCHAR        active, inactive, revoked, deregistered …, a standing list before a registry; NULL: not_asked, unknown
--   registration_status_date   DATE           the day the list or the registry says so, else the day we last heard; NULL: as status, not stated
--   registration_change_date   DATE           the last change of name, legal representative, status or address; NULL: none known [EW17]
--   registration_change_item   VARCHAR        what changed that day: status before name before legal_representative before address
--   registration_change_record VARCHAR        evidence: provider and record
--   registration_change_cnt_12m BIGINT        such changes in the window; NULL: not_asked
--   dishonest_record           VARCHAR        evidence of a veto: certain and standing; NULL: no veto
--   bankruptcy_record          VARCHAR        the same of an accepted bankruptcy; NULL: no veto
--   revoked_record             VARCHAR        the same of 吊销; NULL: no veto
--   deregistered_record        VARCHAR        the same of 注销; NULL: no veto
--   listed_veto_flag           BOOLEAN        any of the four; NULL: none found, and no list was asked [R4-G6]
--   veto_review_cnt            BIGINT         standing records of the four kinds that hang on a name: a person must look [R4-G6]
--   veto_review_record         VARCHAR        evidence: the first of them; NULL: none
--   defendant_latest_on        DATE           the newest case against it was filed or made public, whichever is later; NULL: none [EW05]
--   defendant_latest_case      VARCHAR        its key; NULL: none
--   defendant_latest_amount    DECIMAL(28,2)  at stake in it; NULL: none, not stated, no rate
--   listing_latest_on          DATE           the newest entry as 失信, 被执行 or 限高 that stands, or its publication if later; NULL: none [EW05]
--   listing_latest_kind        VARCHAR        which list; NULL: none
--   listing_latest_record      VARCHAR        evidence: provider and record; NULL: none
--   listing_latest_amount      DECIMAL(28,2)  behind it; NULL: none, not stated, no rate

WITH

legal AS (
  SELECT
    legal.*,
    legal.amount * currency.rate_to_base AS amount_base,
    legal.provider || ' ' || legal.record_id AS evidence
  FROM core.legal_record AS legal
  LEFT JOIN event.currency AS currency ON currency.currency = legal.currency
),

-- Lawsuits: one row a case. It is open while none of its documents says it is over; its sum is that of the
-- furthest document that states one.
lawsuit AS (
  SELECT
    customer_id,
    case_key,
    COALESCE(MIN(filed_on), MIN(dated_on)) AS filed_on,
    COUNT(filed_on) = 0 AS is_estimated,
    MIN(public_on) AS public_on,
    COUNT(*) FILTER (WHERE NOT is_active) = 0 AS is_open,
    COUNT(*) FILTER (WHERE is_claimed_from) > 0 AS is_claimed_from,
    COUNT(*) FILTER (WHERE role IN ('plaintiff', 'applicant', 'appellant', 'petitioner')) > 0
      AS is_claiming,
    MAX(score) AS score,
    MIN(provider) AS provider,
    MAX(stated_on) AS stated_on
  FROM legal
  WHERE record_kind = 'court_party' AND kind <> 'bankruptcy'
  GROUP BY customer_id, case_key
),

stake AS (
  SELECT
    customer_id, case_key, amount, amount_base,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, case_key
      ORDER BY stage_place DESC, stated_on DESC, provider, record_id, role
    ) AS place
  FROM legal
  WHERE record_kind = 'court_party' AND kind <> 'bankruptcy' AND amount IS NOT NULL
),

-- "Against it": what it claims from others never enters.
claim AS (
  SELECT
    lawsuit.customer_id,
    lawsuit.case_key,
    lawsuit.filed_on,
    lawsuit.is_estimated,
    lawsuit.public_on,
    lawsuit.is_open,
    lawsuit.score,
    lawsuit.provider,
    lawsuit.stated_on,
    stake.amount,
    stake.amount_base,
    ROW_NUMBER() OVER (
      PARTITION BY lawsuit.customer_id
      ORDER BY lawsuit.public_on DESC NULLS LAST, lawsuit.filed_on DESC, lawsuit.case_key
    ) AS place
  FROM lawsuit
  LEFT JOIN stake
    ON stake.customer_id = lawsuit.customer_id
      AND stake.case_key = lawsuit.case_key
      AND stake.place = 1
  WHERE lawsuit.is_claimed_from
),

against AS (
  SELECT
    claim.customer_id,
    COUNT(*) FILTER (WHERE claim.filed_on > book.months_24_start) AS cnt_24m,
    COUNT(*) FILTER (WHERE claim.filed_on > book.months_36_start) AS cnt_36m,
    COUNT(*) FILTER (WHERE claim.filed_on IS NULL) AS undated_cnt,
    COUNT(*) FILTER (WHERE claim.is_estimated AND claim.filed_on > book.months_36_start)
      AS estimated_cnt,
    COUNT(*) FILTER (WHERE claim.is_open) AS open_cnt,
    COUNT(*) FILTER (WHERE claim.is_open AND claim.amount IS NULL) AS unknown_cnt,
    COUNT(*) FILTER (WHERE claim.is_open AND claim.amount IS NOT NULL AND claim.amount_base IS NULL)
      AS no_fx_cnt,
    SUM(claim.amount_base) FILTER (WHERE claim.is_open) AS open_base,
    MIN(claim.score) FILTER (WHERE claim.filed_on > book.months_36_start) AS score_min,
    MIN(claim.provider) AS provider,
    MAX(claim.stated_on) AS stated_on,
    MAX(claim.public_on) FILTER (WHERE claim.place = 1) AS latest_on,
    MAX(claim.case_key) FILTER (WHERE claim.place = 1 AND claim.public_on IS NOT NULL)
      AS latest_case,
    MAX(claim.amount_base) FILTER (WHERE claim.place = 1 AND claim.public_on IS NOT NULL)
      AS latest_base
  FROM claim
  CROSS JOIN policy.book
  GROUP BY claim.customer_id
),

claiming AS (
  SELECT lawsuit.customer_id, COUNT(*) AS cnt_36m
  FROM lawsuit
  CROSS JOIN policy.book
  WHERE lawsuit.is_claiming
    AND NOT lawsuit.is_claimed_from
    AND lawsuit.filed_on > book.months_36_start
  GROUP BY lawsuit.customer_id
),

-- An enforcement is on a list, in a court's record, or in both: one case.
enforcement AS (
  SELECT
    customer_id,
    case_key,
    COALESCE(MIN(filed_on), MIN(dated_on)) AS filed_on,
    MAX(ended_on) FILTER (WHERE record_kind = 'court_party' AND stage = 'closed') AS ended_on,
    COUNT(*) FILTER (WHERE NOT is_active) = 0 AS is_open,
    COUNT(*) FILTER (WHERE record_kind = 'court_party' AND stage = 'closed' AND NOT is_active) > 0
      AS is_ended,
    COUNT(amount) AS stated_cnt,
    MAX(amount_base) AS amount_base
  FROM legal
  WHERE kind = 'enforcement' AND is_claimed_from
  GROUP BY customer_id, case_key
),

enforced AS (
  SELECT
    enforcement.customer_id,
    COUNT(*) FILTER (WHERE enforcement.is_open) AS open_cnt,
    COUNT(*) FILTER (WHERE enforcement.is_open AND enforcement.stated_cnt > 0) AS stated_cnt,
    COUNT(*) FILTER (
      WHERE enforcement.is_open AND enforcement.stated_cnt > 0 AND enforcement.amount_base IS NULL
    ) AS no_fx_cnt,
    SUM(enforcement.amount_base) FILTER (WHERE enforcement.is_open) AS open_base,
    COUNT(*) FILTER (
      WHERE enforcement.is_ended
        AND COALESCE(enforcement.ended_on, enforcement.filed_on) > book.months_36_start
    ) AS ended_cnt
  FROM enforcement
  CROSS JOIN policy.book
  GROUP BY enforcement.customer_id
),

-- Public lists the customer stands on tonight.
standing AS (
  SELECT
    customer_id, kind, evidence, is_certain, public_on, stated_on, amount_base,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, kind IN ('dishonest', 'enforcement', 'consumption_limit')
      ORDER BY public_on DESC NULLS LAST, amount_base DESC NULLS LAST, kind, evidence
    ) AS place
  FROM legal
  WHERE record_kind = 'listing' AND is_active
),

listed AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE kind = 'dishonest') AS dishonest_cnt,
    COUNT(*) FILTER (WHERE kind = 'consumption_limit') AS consumption_limit_cnt,
    COUNT(*) FILTER (WHERE kind = 'abnormal_operation') AS abnormal_cnt,
    COUNT(*) FILTER (WHERE kind = 'serious_illegal') AS serious_illegal_cnt,
    COUNT(*) FILTER (WHERE kind = 'tax_arrears') AS tax_arrears_cnt,
    COUNT(*) FILTER (WHERE kind = 'equity_freeze') AS equity_freeze_cnt,
    COUNT(*) FILTER (WHERE kind = 'sanctioned') AS sanctioned_cnt,
    CASE
      WHEN COUNT(*) FILTER (WHERE kind = 'deregistered') > 0 THEN 'deregistered'
      WHEN COUNT(*) FILTER (WHERE kind = 'revoked') > 0 THEN 'revoked'
    END AS status,
    MAX(public_on) FILTER (WHERE kind IN ('deregistered', 'revoked')) AS status_date,
    MAX(stated_on) AS stated_on,
    MAX(public_on) FILTER (
      WHERE place = 1 AND kind IN ('dishonest', 'enforcement', 'consumption_limit')
    ) AS latest_on,
    MAX(kind) FILTER (
      WHERE place = 1 AND kind IN ('dishonest', 'enforcement', 'consumption_limit')
    ) AS latest_kind,
    MAX(evidence) FILTER (
      WHERE place = 1 AND kind IN ('dishonest', 'enforcement', 'consumption_limit')
    ) AS latest_record,
    MAX(amount_base) FILTER (
      WHERE place = 1 AND kind IN ('dishonest', 'enforcement', 'consumption_limit')
    ) AS latest_base
  FROM standing
  GROUP BY customer_id
),

link AS (
  SELECT record_kind, record_key, customer_id, state, role_of_customer, is_certain
  FROM match.record_link
  WHERE state IN ('accepted', 'review')
),

-- A registration says how the company stands; a certain record before one that hangs on a name, the end of a
-- company before all else: what one registry calls struck off is.
registered AS (
  SELECT
    link.customer_id,
    link.state,
    link.is_certain,
    registration.status,
    COALESCE(registration.updated_on, registration.known_on) AS status_date,
    registration.provider || ' ' || registration.record_id AS evidence,
    registration.provider,
    registration.record_id,
    ROW_NUMBER() OVER (
      PARTITION BY link.customer_id, link.state
      ORDER BY
        link.is_certain DESC,
        CASE registration.status
          WHEN 'deregistered' THEN 1
          WHEN 'revoked' THEN 2
          WHEN 'unknown' THEN 9
          ELSE 5
        END,
        registration.known_on DESC,
        registration.provider,
        registration.record_id,
        registration.customer_id NULLS LAST
    ) AS place
  FROM link
  JOIN current.registration AS registration
    ON link.record_kind = 'registration'
      AND link.record_key = registration.provider || '|' || registration.record_id || '|'
        || COALESCE(registration.customer_id, '')
  WHERE NOT registration.is_deleted
),

-- Everything that is, or would be if a person confirmed it, a veto (R4-G6).
veto AS (
  SELECT customer_id, kind, evidence, is_certain
  FROM standing
  WHERE kind IN ('dishonest', 'bankruptcy', 'revoked', 'deregistered')
  UNION
  SELECT customer_id, 'bankruptcy', evidence, is_certain
  FROM legal
  WHERE record_kind = 'court_party'
    AND kind = 'bankruptcy'
    AND is_active
    AND role IN ('debtor', 'respondent', 'defendant')
  UNION
  SELECT customer_id, status, evidence, is_certain AND state = 'accepted'
  FROM registered
  WHERE status IN ('revoked', 'deregistered')
  UNION
  SELECT
    link.customer_id, listing.kind, listing.provider || ' ' || listing.record_id, FALSE
  FROM link
  JOIN current.listing AS listing
    ON link.record_kind = 'listing'
      AND link.record_key = listing.provider || '|' || listing.kind || '|' || listing.record_id
        || '|' || COALESCE(listing.customer_id, '')
  WHERE link.state = 'review'
    AND NOT listing.is_deleted
    AND listing.kind IN ('dishonest', 'bankruptcy', 'revoked', 'deregistered')
    AND COALESCE(listing.listed_on, CAST(:as_of AS DATE)) <= CAST(:as_of AS DATE)
    AND (listing.ended_on IS NULL OR listing.ended_on > CAST(:as_of AS DATE))
  UNION
  SELECT
    link.customer_id, 'bankruptcy', proceeding.provider || ' ' || proceeding.record_id, FALSE
  FROM link
  JOIN current.court_party AS court_party
    ON link.record_kind = 'court_party'
      AND link.record_key = court_party.provider || '|' || court_party.record_id || '|'
        || court_party.role || '|' || court_party.party_name
  JOIN current.court_record AS proceeding
    ON proceeding.provider = court_party.provider AND proceeding.record_id = court_party.record_id
  WHERE link.state = 'review'
    AND link.role_of_customer IN ('debtor', 'respondent', 'defendant')
    AND NOT court_party.is_deleted
    AND NOT proceeding.is_deleted
    AND proceeding.case_type = 'bankruptcy'
    AND COALESCE(proceeding.filed_on, CAST(:as_of AS DATE)) <= CAST(:as_of AS DATE)
    AND (
      proceeding.closed_on > CAST(:as_of AS DATE)
      OR (proceeding.closed_on IS NULL AND COALESCE(proceeding.status, 'unknown') <> 'closed')
    )
),

-- One record may reach a customer by two links: a certain one settles it.
vetoed AS (
  SELECT
    customer_id,
    kind,
    evidence,
    COUNT(*) FILTER (WHERE is_certain) > 0 AS is_certain
  FROM veto
  GROUP BY customer_id, kind, evidence
),

vetoes AS (
  SELECT
    customer_id,
    MIN(evidence) FILTER (WHERE is_certain AND kind = 'dishonest') AS dishonest_record,
    MIN(evidence) FILTER (WHERE is_certain AND kind = 'bankruptcy') AS bankruptcy_record,
    MIN(evidence) FILTER (WHERE is_certain AND kind = 'revoked') AS revoked_record,
    MIN(evidence) FILTER (WHERE is_certain AND kind = 'deregistered') AS deregistered_record,
    COUNT(*) FILTER (WHERE is_certain) AS veto_cnt,
    COUNT(*) FILTER (WHERE NOT is_certain) AS review_cnt,
    MIN(evidence) FILTER (WHERE NOT is_certain) AS review_record
  FROM vetoed
  GROUP BY customer_id
),

punished AS (
  SELECT
    penalty.customer_id,
    COUNT(*) AS penalty_cnt,
    COUNT(*) FILTER (WHERE penalty.is_no_fx) AS no_fx_cnt,
    SUM(penalty.fine_base) AS fine_base
  FROM core.penalty
  CROSS JOIN policy.book
  WHERE penalty.decided_on > book.months_36_start
  GROUP BY penalty.customer_id
),

-- A permit that was renewed holds: of one name the best document counts.
licence AS (
  SELECT
    link.customer_id,
    COALESCE(licence.licence_name, licence.licence_number, licence.provider || ' ' || licence.record_id)
      AS permit,
    COALESCE(licence.status, 'unknown') IN ('expired', 'revoked')
      OR COALESCE(licence.valid_until < CAST(:as_of AS DATE), FALSE) AS is_over,
    licence.valid_until
  FROM link
  JOIN current.licence AS licence
    ON link.record_kind = 'licence'
      AND link.record_key = licence.provider || '|' || licence.record_id || '|'
        || COALESCE(licence.customer_id, '')
  WHERE link.state = 'accepted'
    AND NOT licence.is_deleted
    AND COALESCE(licence.valid_from, CAST(:as_of AS DATE)) <= CAST(:as_of AS DATE)
),

permit AS (
  SELECT
    customer_id,
    permit,
    COUNT(*) FILTER (WHERE NOT is_over) > 0 AS is_held,
    MAX(valid_until) FILTER (WHERE NOT is_over) AS valid_until,
    COUNT(*) FILTER (WHERE NOT is_over AND valid_until IS NULL) > 0 AS is_endless
  FROM licence
  GROUP BY customer_id, permit
),

permitted AS (
  SELECT
    customer_id,
    COUNT(*) AS licence_cnt,
    COUNT(*) FILTER (WHERE NOT is_held) AS expired_cnt,
    MIN(valid_until) FILTER (WHERE is_held AND NOT is_endless) AS next_expiry
  FROM permit
  GROUP BY customer_id
),

-- What a registry published as a change, and the day on which it says that an earlier name ended.
told_change AS (
  SELECT
    link.customer_id,
    change.changed_on,
    change.item,
    change.provider || ' ' || change.record_id AS evidence
  FROM link
  JOIN current.registration_change AS change
    ON link.record_kind = 'registration_change'
      AND link.record_key = change.provider || '|' || change.record_id || '|'
        || COALESCE(change.customer_id, '')
  WHERE link.state = 'accepted'
    AND NOT change.is_deleted
    AND change.item IN ('name', 'legal_representative', 'status', 'address')
  UNION ALL
  SELECT registered.customer_id, former_name.until, 'name', registered.evidence
  FROM registered
  JOIN current.former_name AS former_name
    ON former_name.provider = registered.provider AND former_name.record_id = registered.record_id
  WHERE registered.state = 'accepted'
    AND NOT former_name.is_deleted
    AND former_name.kind = 'former'
    AND former_name.until IS NOT NULL
),

change AS (
  SELECT customer_id, changed_on, item, MIN(evidence) AS evidence
  FROM told_change
  WHERE changed_on <= CAST(:as_of AS DATE)
  GROUP BY customer_id, changed_on, item
),

placed_change AS (
  SELECT
    change.*,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id
      ORDER BY
        changed_on DESC,
        CASE item
          WHEN 'status' THEN 1
          WHEN 'name' THEN 2
          WHEN 'legal_representative' THEN 3
          ELSE 4
        END
    ) AS place
  FROM change
),

changed AS (
  SELECT
    placed_change.customer_id,
    MAX(placed_change.changed_on) FILTER (WHERE placed_change.place = 1) AS changed_on,
    MAX(placed_change.item) FILTER (WHERE placed_change.place = 1) AS item,
    MAX(placed_change.evidence) FILTER (WHERE placed_change.place = 1) AS evidence,
    COUNT(*) FILTER (WHERE placed_change.changed_on > book.window_start) AS change_cnt
  FROM placed_change
  CROSS JOIN policy.book
  GROUP BY placed_change.customer_id
),

-- Which product answers which question. Those of the shipped connectors by name, and the words a file uses:
-- `litigation`, `listing` for every public list, one list by its kind. Any other one answers what it has ever
-- brought a record of, about whomever.
tells AS (
  SELECT DISTINCT
    provider,
    product,
    CASE
      WHEN product IN (
        'judgment', 'case_filing', 'lawsuit', 'court_register', 'dockets', 'court', 'court_record'
      ) THEN 'litigation'
      WHEN product IN ('basic_details', 'base_info', 'lei-records') THEN 'registration'
      ELSE product
    END AS subject
  FROM core.inquiry
  UNION
  SELECT DISTINCT provider, product, 'litigation'
  FROM current.court_record
  WHERE product IS NOT NULL AND case_type NOT IN ('enforcement', 'bankruptcy')
  UNION
  SELECT DISTINCT provider, product, 'end_execution'
  FROM current.court_record
  WHERE product IS NOT NULL AND case_type = 'enforcement' AND stage = 'closed'
  UNION
  SELECT DISTINCT provider, product, kind FROM current.listing WHERE product IS NOT NULL
  UNION
  SELECT DISTINCT provider, product, 'penalty' FROM current.penalty WHERE product IS NOT NULL
  UNION
  SELECT DISTINCT provider, product, 'licence' FROM current.licence WHERE product IS NOT NULL
  UNION
  SELECT DISTINCT provider, product, 'registration_change'
  FROM current.registration_change
  WHERE product IS NOT NULL
),

answer AS (
  SELECT inquiry.customer_id, inquiry.provider, tells.subject, inquiry.answered_on
  FROM core.inquiry
  JOIN tells ON tells.provider = inquiry.provider AND tells.product = inquiry.product
  WHERE inquiry.answered_on IS NOT NULL
),

lit_answer AS (
  SELECT
    customer_id,
    provider,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id ORDER BY MAX(answered_on) DESC, provider
    ) AS place
  FROM answer
  WHERE subject = 'litigation'
  GROUP BY customer_id, provider
),

lit_source AS (
  SELECT
    customer_id,
    MAX(provider) FILTER (WHERE place = 1) AS lit_source,
    COUNT(*) AS lit_source_cnt
  FROM lit_answer
  GROUP BY customer_id
),

asked AS (
  SELECT
    customer_id,
    MAX(answered_on) FILTER (WHERE subject = 'litigation') AS lit_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('enforcement', 'listing')) AS enforcement_asof,
    MAX(answered_on) FILTER (WHERE subject = 'end_execution') AS ended_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('dishonest', 'listing')) AS dishonest_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('consumption_limit', 'listing')) AS consumption_limit_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('abnormal_operation', 'listing')) AS abnormal_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('serious_illegal', 'listing')) AS serious_illegal_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('tax_arrears', 'listing')) AS tax_arrears_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('equity_freeze', 'listing')) AS equity_freeze_asof,
    MAX(answered_on) FILTER (WHERE subject IN ('sanctioned', 'listing')) AS sanctioned_asof,
    MAX(answered_on) FILTER (WHERE subject IN (
      'enforcement', 'dishonest', 'consumption_limit', 'abnormal_operation', 'serious_illegal',
      'tax_arrears', 'equity_freeze', 'sanctioned', 'revoked', 'deregistered', 'other', 'listing'
    )) AS listing_asof,
    MAX(answered_on) FILTER (WHERE subject = 'penalty') AS penalty_asof,
    MAX(answered_on) FILTER (WHERE subject = 'licence') AS licence_asof,
    MAX(answered_on) FILTER (WHERE subject = 'registration_change') AS change_asof
  FROM answer
  GROUP BY customer_id
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

SELECT
  customer.customer_id,
  base.base_currency,
  CASE
    WHEN asked.lit_asof IS NULL THEN asked.listing_asof
    WHEN asked.listing_asof IS NULL THEN asked.lit_asof
    ELSE GREATEST(asked.lit_asof, asked.listing_asof)
  END AS legal_asof,
  COALESCE(asked.lit_asof, against.stated_on) AS lit_asof,
  COALESCE(asked.listing_asof, listed.stated_on) AS listing_asof,
  COALESCE(lit_source.lit_source, against.provider) AS lit_source,
  COALESCE(lit_source.lit_source_cnt, 0) AS lit_source_cnt,
  CASE WHEN against.cnt_24m > 0 THEN against.cnt_24m WHEN asked.lit_asof IS NOT NULL THEN 0 END
    AS lit_cnt_defendant_24m,
  CASE WHEN against.cnt_36m > 0 THEN against.cnt_36m WHEN asked.lit_asof IS NOT NULL THEN 0 END
    AS lit_cnt_defendant_36m,
  CASE WHEN against.open_cnt > 0 THEN against.open_cnt WHEN asked.lit_asof IS NOT NULL THEN 0 END
    AS lit_cnt_open,
  COALESCE(against.estimated_cnt, CASE WHEN asked.lit_asof IS NOT NULL THEN 0 END)
    AS lit_estimated_cnt,
  CASE WHEN against.undated_cnt > 0 THEN against.undated_cnt WHEN asked.lit_asof IS NOT NULL THEN 0 END
    AS lit_undated_cnt,
  COALESCE(claiming.cnt_36m, CASE WHEN asked.lit_asof IS NOT NULL THEN 0 END)
    AS lit_cnt_plaintiff_36m,
  CASE
    WHEN against.no_fx_cnt > 0 THEN NULL
    WHEN against.open_cnt > 0 THEN CAST(ROUND(against.open_base, 2) AS DECIMAL(28, 2))
    WHEN asked.lit_asof IS NOT NULL THEN 0
  END AS lit_amt_open,
  CASE
    WHEN against.no_fx_cnt > 0 THEN 'no_fx'
    WHEN against.open_cnt > 0 AND against.open_base IS NULL THEN 'amount_not_stated'
    WHEN COALESCE(against.open_cnt, 0) = 0 AND asked.lit_asof IS NULL THEN 'not_asked'
  END AS lit_amt_open_reason,
  COALESCE(against.unknown_cnt, CASE WHEN asked.lit_asof IS NOT NULL THEN 0 END)
    AS lit_amt_unknown_cnt,
  against.score_min AS lit_match_conf,
  CASE WHEN enforced.open_cnt > 0 THEN enforced.open_cnt WHEN asked.enforcement_asof IS NOT NULL THEN 0 END
    AS enforcement_cnt,
  CASE
    WHEN enforced.no_fx_cnt > 0 OR (enforced.open_cnt > 0 AND enforced.stated_cnt = 0) THEN NULL
    WHEN enforced.open_cnt > 0 THEN CAST(ROUND(enforced.open_base, 2) AS DECIMAL(28, 2))
    WHEN asked.enforcement_asof IS NOT NULL THEN 0
  END AS enforcement_amount,
  CASE WHEN enforced.ended_cnt > 0 THEN enforced.ended_cnt WHEN asked.ended_asof IS NOT NULL THEN 0 END
    AS enforcement_ended_cnt_36m,
  CASE
    WHEN listed.dishonest_cnt > 0 THEN TRUE
    WHEN asked.dishonest_asof IS NOT NULL THEN FALSE
  END AS dishonest_flag,
  CASE
    WHEN listed.consumption_limit_cnt > 0 THEN TRUE
    WHEN asked.consumption_limit_asof IS NOT NULL THEN FALSE
  END AS consumption_limit_flag,
  CASE
    WHEN listed.abnormal_cnt > 0 THEN TRUE
    WHEN asked.abnormal_asof IS NOT NULL THEN FALSE
  END AS abnormal_op_flag,
  CASE
    WHEN listed.serious_illegal_cnt > 0 THEN TRUE
    WHEN asked.serious_illegal_asof IS NOT NULL THEN FALSE
  END AS serious_illegal_flag,
  CASE
    WHEN listed.tax_arrears_cnt > 0 THEN TRUE
    WHEN asked.tax_arrears_asof IS NOT NULL THEN FALSE
  END AS tax_arrears_flag,
  CASE
    WHEN listed.equity_freeze_cnt > 0 THEN TRUE
    WHEN asked.equity_freeze_asof IS NOT NULL THEN FALSE
  END AS equity_freeze_flag,
  CASE
    WHEN listed.sanctioned_cnt > 0 THEN TRUE
    WHEN asked.sanctioned_asof IS NOT NULL THEN FALSE
  END AS sanctioned_flag,
  COALESCE(punished.penalty_cnt, CASE WHEN asked.penalty_asof IS NOT NULL THEN 0 END)
    AS penalty_cnt_36m,
  CASE
    WHEN punished.no_fx_cnt > 0 THEN NULL
    WHEN punished.penalty_cnt > 0
      THEN CAST(ROUND(COALESCE(punished.fine_base, 0), 2) AS DECIMAL(28, 2))
    WHEN asked.penalty_asof IS NOT NULL THEN 0
  END AS penalty_amount_36m,
  COALESCE(permitted.licence_cnt, CASE WHEN asked.licence_asof IS NOT NULL THEN 0 END)
    AS licence_cnt,
  COALESCE(permitted.expired_cnt, CASE WHEN asked.licence_asof IS NOT NULL THEN 0 END)
    AS licence_expired_cnt,
  permitted.next_expiry AS licence_next_expiry,
  CASE
    WHEN listed.status IS NOT NULL THEN listed.status
    WHEN registered.status <> 'unknown' THEN registered.status
  END AS registration_status,
  CASE
    WHEN listed.status IS NOT NULL THEN listed.status_date
    WHEN registered.status <> 'unknown' THEN registered.status_date
  END AS registration_status_date,
  changed.changed_on AS registration_change_date,
  changed.item AS registration_change_item,
  changed.evidence AS registration_change_record,
  CASE WHEN changed.change_cnt > 0 THEN changed.change_cnt WHEN asked.change_asof IS NOT NULL THEN 0 END
    AS registration_change_cnt_12m,
  vetoes.dishonest_record,
  vetoes.bankruptcy_record,
  vetoes.revoked_record,
  vetoes.deregistered_record,
  CASE
    WHEN vetoes.veto_cnt > 0 THEN TRUE
    WHEN asked.dishonest_asof IS NOT NULL THEN FALSE
  END AS listed_veto_flag,
  COALESCE(vetoes.review_cnt, 0) AS veto_review_cnt,
  vetoes.review_record AS veto_review_record,
  against.latest_on AS defendant_latest_on,
  against.latest_case AS defendant_latest_case,
  CAST(ROUND(against.latest_base, 2) AS DECIMAL(28, 2)) AS defendant_latest_amount,
  listed.latest_on AS listing_latest_on,
  listed.latest_kind AS listing_latest_kind,
  listed.latest_record AS listing_latest_record,
  CAST(ROUND(listed.latest_base, 2) AS DECIMAL(28, 2)) AS listing_latest_amount
FROM core.customer
CROSS JOIN base
LEFT JOIN against ON against.customer_id = customer.customer_id
LEFT JOIN claiming ON claiming.customer_id = customer.customer_id
LEFT JOIN enforced ON enforced.customer_id = customer.customer_id
LEFT JOIN listed ON listed.customer_id = customer.customer_id
LEFT JOIN registered
  ON registered.customer_id = customer.customer_id
    AND registered.state = 'accepted'
    AND registered.place = 1
LEFT JOIN vetoes ON vetoes.customer_id = customer.customer_id
LEFT JOIN punished ON punished.customer_id = customer.customer_id
LEFT JOIN permitted ON permitted.customer_id = customer.customer_id
LEFT JOIN changed ON changed.customer_id = customer.customer_id
LEFT JOIN asked ON asked.customer_id = customer.customer_id
LEFT JOIN lit_source ON lit_source.customer_id = customer.customer_id
ORDER BY customer_id
