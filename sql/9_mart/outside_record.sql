-- outside_record: which court cases and public lists is each customer in, told once each?
--
-- core.legal_record has a row a document; people read cases. The documents of one case, from however many
-- providers, are one row here: the furthest stage, the weightier side of a customer that stands on two, the
-- amount of the furthest document that states one. Which documents are one case core says (`case_key`). What one
-- provider calls ended has ended.
--
-- Grain: one row per customer and case or entry on a list. Key: customer_id, record_kind, record_key.
-- Requirements: R0-70, R1-30, R4-G6; EW05; A0.1 Known.
--
-- Columns
--   customer_id         VARCHAR       the customer
--   record_kind         VARCHAR       court_case or listing
--   record_key          VARCHAR       the case, or the list and the entry on it
--   kind                VARCHAR       civil, enforcement, bankruptcy … or the list: dishonest …
--   case_no             VARCHAR       案号 as first written; NULL: not stated
--   role                VARCHAR       what the customer is in it; subject: it is the one listed
--   other_role          VARCHAR       a second role in the same case; NULL: it has one
--   is_claimed_from     BOOLEAN       in any role it is claimed from, or listed; else information only
--   cause               VARCHAR       案由, or why it was listed; NULL: not stated
--   court               VARCHAR       court or authority; NULL: not stated
--   stage               VARCHAR       furthest document of the case; NULL: a list
--   filed_on            DATE          first day filed, accepted or listed; NULL: not stated
--   judged_on           DATE          last judgment; NULL: not stated, or none
--   ended_on            DATE          closed or taken off the list; NULL: not stated, or it stands
--   status              VARCHAR       open, closed, unknown; a list: open while the customer stands on it
--   amount              DECIMAL(18,2) at stake, awarded or listed, in currency; NULL: not stated
--   unperformed_amount  DECIMAL(18,2) what of it was not paid, in currency; NULL: not stated
--   currency            VARCHAR       ISO 4217 code of the amounts; NULL: not stated
--   document_cnt        BIGINT        documents that tell of it
--   provider            VARCHAR       who published or sold it
--   other_provider      VARCHAR       a second one that tells of it; NULL: one alone
--   provider_cnt        BIGINT        how many tell of it
--   stated_on           DATE          the last day any of them sent it
--   method              VARCHAR       the strongest way in which it was matched
--   link_score          DECIMAL(9,6)  probability that it is this customer, fraction
--   is_certain          BOOLEAN       matched by number or decided by a person

WITH

proceeding AS (
  SELECT
    provider, record_id, case_no, court, cause, status, judged_on, unperformed_amount,
    ROW_NUMBER() OVER (
      PARTITION BY provider, record_id ORDER BY known_on DESC, customer_id DESC NULLS LAST
    ) AS place
  FROM current.court_record
  WHERE NOT is_deleted
),

entry AS (
  SELECT
    provider, kind, record_id, case_no, court, reason, unperformed_amount,
    ROW_NUMBER() OVER (
      PARTITION BY provider, kind, record_id ORDER BY known_on DESC, customer_id DESC NULLS LAST
    ) AS place
  FROM current.listing
  WHERE NOT is_deleted
),

told AS (
  SELECT
    legal.customer_id,
    CASE WHEN legal.record_kind = 'listing' THEN 'listing' ELSE 'court_case' END AS record_kind,
    CASE WHEN legal.record_kind = 'listing' THEN legal.kind || ' ' || legal.case_key
      ELSE legal.case_key
    END AS record_key,
    legal.kind,
    COALESCE(proceeding.case_no, entry.case_no) AS case_no,
    legal.role,
    legal.is_claimed_from,
    COALESCE(proceeding.cause, entry.reason) AS cause,
    COALESCE(proceeding.court, entry.court) AS court,
    legal.stage,
    legal.stage_place,
    legal.filed_on,
    CASE WHEN proceeding.judged_on <= CAST(:as_of AS DATE) THEN proceeding.judged_on END
      AS judged_on,
    legal.ended_on,
    legal.is_active,
    legal.record_kind = 'listing' OR COALESCE(proceeding.status, 'unknown') = 'open'
      AS is_called_open,
    legal.amount,
    COALESCE(proceeding.unperformed_amount, entry.unperformed_amount) AS unperformed_amount,
    legal.currency,
    legal.provider,
    legal.record_id,
    legal.stated_on,
    legal.method,
    legal.score,
    legal.is_certain
  FROM core.legal_record AS legal
  LEFT JOIN proceeding
    ON proceeding.provider = legal.provider
      AND proceeding.record_id = CASE WHEN legal.record_kind = 'court_party' THEN legal.record_id END
      AND proceeding.place = 1
  LEFT JOIN entry
    ON entry.provider = legal.provider
      AND entry.kind = legal.kind
      AND entry.record_id = CASE WHEN legal.record_kind = 'listing' THEN legal.record_id END
      AND entry.place = 1
),

-- Which document speaks for what: the side, the state of the case, and each text and sum that not all state.
placed AS (
  SELECT
    told.*,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, record_key
      ORDER BY is_claimed_from DESC, stage_place DESC, role, provider, record_id
    ) AS role_place,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, record_key
      ORDER BY CASE WHEN kind = 'other' THEN 2 ELSE 1 END, stage_place DESC, stated_on DESC,
        provider, record_id, role
    ) AS state_place,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, record_key
      ORDER BY CASE WHEN cause IS NULL THEN 2 ELSE 1 END, stage_place DESC, stated_on DESC,
        provider, record_id, role
    ) AS cause_place,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, record_key
      ORDER BY CASE WHEN court IS NULL THEN 2 ELSE 1 END, stage_place DESC, stated_on DESC,
        provider, record_id, role
    ) AS court_place,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, record_key
      ORDER BY CASE WHEN case_no IS NULL THEN 2 ELSE 1 END, filed_on NULLS LAST, provider,
        record_id, role
    ) AS number_place,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, record_key
      ORDER BY CASE WHEN amount IS NULL THEN 2 ELSE 1 END, stage_place DESC, stated_on DESC,
        amount DESC NULLS LAST, provider, record_id, role
    ) AS amount_place,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, record_key
      ORDER BY is_certain DESC, score DESC, provider, record_id, role
    ) AS link_place
  FROM told
),

first_role AS (
  SELECT customer_id, record_kind, record_key, role
  FROM placed
  WHERE role_place = 1
),

whole AS (
  SELECT
    placed.customer_id,
    placed.record_kind,
    placed.record_key,
    MAX(CASE WHEN state_place = 1 THEN kind END) AS kind,
    MAX(CASE WHEN number_place = 1 THEN case_no END) AS case_no,
    MAX(CASE WHEN role_place = 1 THEN placed.role END) AS role,
    MIN(CASE WHEN placed.role <> first_role.role THEN placed.role END) AS other_role,
    MAX(CASE WHEN is_claimed_from THEN 1 ELSE 0 END) AS claimed_from,
    MAX(CASE WHEN cause_place = 1 THEN cause END) AS cause,
    MAX(CASE WHEN court_place = 1 THEN court END) AS court,
    MAX(CASE WHEN state_place = 1 THEN stage END) AS stage,
    MIN(filed_on) AS filed_on,
    MAX(judged_on) AS judged_on,
    MAX(ended_on) AS ended_on,
    MAX(CASE WHEN is_active THEN 0 ELSE 1 END) AS has_ended,
    MAX(CASE WHEN is_called_open THEN 1 ELSE 0 END) AS called_open,
    MAX(CASE WHEN amount_place = 1 THEN amount END) AS amount,
    MAX(CASE WHEN amount_place = 1 THEN unperformed_amount END) AS unperformed_amount,
    MAX(CASE WHEN amount_place = 1 THEN currency END) AS currency,
    COUNT(DISTINCT provider || ' ' || record_id) AS document_cnt,
    MIN(provider) AS provider,
    MAX(provider) AS last_provider,
    COUNT(DISTINCT provider) AS provider_cnt,
    MAX(stated_on) AS stated_on,
    MAX(CASE WHEN link_place = 1 THEN method END) AS method,
    MAX(CASE WHEN link_place = 1 THEN score END) AS link_score,
    MAX(CASE WHEN is_certain THEN 1 ELSE 0 END) AS certain
  FROM placed
  JOIN first_role
    ON first_role.customer_id = placed.customer_id
      AND first_role.record_kind = placed.record_kind
      AND first_role.record_key = placed.record_key
  GROUP BY placed.customer_id, placed.record_kind, placed.record_key
)

SELECT
  customer_id,
  record_kind,
  record_key,
  kind,
  case_no,
  role,
  other_role,
  claimed_from = 1 AS is_claimed_from,
  cause,
  court,
  stage,
  filed_on,
  judged_on,
  ended_on,
  CASE
    WHEN has_ended = 1 THEN 'closed'
    WHEN called_open = 1 THEN 'open'
    ELSE 'unknown'
  END AS status,
  amount,
  unperformed_amount,
  currency,
  document_cnt,
  provider,
  NULLIF(last_provider, provider) AS other_provider,
  provider_cnt,
  stated_on,
  method,
  link_score,
  certain = 1 AS is_certain
FROM whole
ORDER BY customer_id, record_kind, record_key
