-- legal_record: which court records and public lists is each customer in, and as what?
--
-- Only what matching accepted (match.record_link); what waits for a person counts for nobody. A plaintiff is
-- not a debtor: `is_claimed_from` says on which side the customer stands. The same document found while
-- asking about two customers is one row; one case has many documents, told together by `case_key`. Judgments
-- seldom say when the case was filed: `dated_on` is then the last day on which it can have been, so that a case
-- is never too old by our guess. A party whose document was taken back is in no case; one whose document never came is.
--
-- Grain: one row per customer, document and role. Key: customer_id, record_kind, provider, record_id, kind, role.
-- Requirements: R0-70, R1-30, R4-G6; EW05; A0.1 Known.
--
-- Columns
--   customer_id      VARCHAR       the customer it is about
--   record_kind      VARCHAR       court_party: a proceeding; listing: a public list
--   provider         VARCHAR       who published or sold it
--   record_id        VARCHAR       the document's number at the provider
--   kind             VARCHAR       case type (civil, enforcement, bankruptcy …) or list (dishonest …)
--   role             VARCHAR       what the customer is in it; subject: it is the one listed
--   is_claimed_from  BOOLEAN       defendant, enforced, debtor, respondent, appellee or listed; else information only
--   case_key         VARCHAR       the case: its 案号, its number and court, else the document: count cases by it
--   stage            VARCHAR       which document of the case it is; NULL: a list
--   stage_place      INTEGER       how far the case has come by it: 6 closed … 1 filed, or a list
--   filed_on         DATE          filed, accepted or listed; NULL: not stated
--   dated_on         DATE          filed_on, else the first of hearing, judgment, publication and the end of the year in the 案号; NULL: none of them
--   public_on        DATE          the later of filed_on and the day it was made public, else dated_on; NULL: none of them
--   ended_on         DATE          closed or taken off the list; NULL: not stated, or it stands
--   is_active        BOOLEAN       not ended on the night; where no day is stated, not called closed or 终本 by its source
--   amount           DECIMAL(18,2) at stake, awarded or listed, in currency; NULL: not stated
--   currency         VARCHAR       ISO 4217 code of amount; NULL: not stated
--   stated_on        DATE          the last day the provider sent it
--   method           VARCHAR       how it was matched
--   score            DECIMAL(9,6)  probability that it is this customer, fraction
--   is_certain       BOOLEAN       matched by number or decided by a person: enough for a veto [R4-G6]

WITH

accepted AS (
  SELECT record_kind, record_key, customer_id, role_of_customer, method, score, is_certain
  FROM match.record_link
  WHERE state = 'accepted' AND record_kind IN ('court_party', 'listing')
),

proceeding AS (
  SELECT
    provider, record_id, case_no, court, case_type, stage, filed_on, hearing_on, judged_on, published_on,
    closed_on, status, amount, currency, known_on, is_deleted,
    ROW_NUMBER() OVER (
      PARTITION BY provider, record_id
      ORDER BY CASE WHEN is_deleted THEN 2 ELSE 1 END, known_on DESC, customer_id DESC NULLS LAST
    ) AS place
  FROM current.court_record
),

party AS (
  SELECT
    accepted.customer_id,
    accepted.record_kind,
    court_party.provider,
    court_party.record_id,
    COALESCE(proceeding.case_type, 'other') AS kind,
    accepted.role_of_customer AS role,
    accepted.role_of_customer IN ('defendant', 'enforced', 'debtor', 'respondent', 'appellee')
      AS is_claimed_from,
    proceeding.case_no,
    proceeding.court,
    proceeding.stage,
    proceeding.filed_on,
    proceeding.hearing_on,
    proceeding.judged_on,
    proceeding.published_on,
    proceeding.closed_on AS ended_on,
    proceeding.closed_on IS NULL
      AND (COALESCE(proceeding.status, 'unknown') = 'closed' OR COALESCE(proceeding.stage, '') = 'closed')
      AS is_closed,
    proceeding.amount,
    proceeding.currency,
    COALESCE(proceeding.known_on, court_party.known_on) AS stated_on,
    accepted.method,
    accepted.score,
    accepted.is_certain,
    accepted.record_key
  FROM accepted
  JOIN current.court_party AS court_party
    ON accepted.record_kind = 'court_party'
      AND accepted.record_key = court_party.provider || '|' || court_party.record_id || '|'
        || court_party.role || '|' || court_party.party_name
  LEFT JOIN proceeding
    ON proceeding.provider = court_party.provider
      AND proceeding.record_id = court_party.record_id
      AND proceeding.place = 1
  WHERE NOT court_party.is_deleted AND NOT COALESCE(proceeding.is_deleted, FALSE)
),

listed AS (
  SELECT
    accepted.customer_id,
    accepted.record_kind,
    listing.provider,
    listing.record_id,
    listing.kind,
    accepted.role_of_customer AS role,
    TRUE AS is_claimed_from,
    listing.case_no,
    listing.court,
    CAST(NULL AS VARCHAR) AS stage,
    listing.listed_on AS filed_on,
    CAST(NULL AS DATE) AS hearing_on,
    CAST(NULL AS DATE) AS judged_on,
    listing.published_on,
    listing.ended_on,
    FALSE AS is_closed,
    listing.amount,
    listing.currency,
    listing.known_on AS stated_on,
    accepted.method,
    accepted.score,
    accepted.is_certain,
    accepted.record_key
  FROM accepted
  JOIN current.listing AS listing
    ON accepted.record_kind = 'listing'
      AND accepted.record_key = listing.provider || '|' || listing.kind || '|'
        || listing.record_id || '|' || COALESCE(listing.customer_id, '')
  WHERE NOT listing.is_deleted
),

found AS (
  SELECT * FROM party
  UNION ALL
  SELECT * FROM listed
),

-- One number, however it was typed: brackets of five kinds, digits and signs of either width, spaces.
written AS (
  SELECT
    found.*,
    NULLIF(TRANSLATE(
      UPPER(case_no),
      '（）〔〕［］【】[]０１２３４５６７８９－–—：／號　 ' || CHR(160) || CHR(9),
      '()()()()()0123456789---:/号'
    ), '') AS case_text,
    NULLIF(TRANSLATE(UPPER(court), '（）　 ' || CHR(160) || CHR(9), '()'), '') AS court_text
  FROM found
),

-- A 案号 names its court and ends at 号 (之一 is a second document of the case); any other number is
-- unique only at its court, and a record without one stands for itself.
keyed AS (
  SELECT
    written.*,
    CASE
      WHEN case_text IS NULL THEN provider || ' ' || record_id
      WHEN case_text LIKE '%号%' THEN SUBSTR(case_text, 1, POSITION('号' IN case_text))
      WHEN case_text LIKE '(____)%' THEN case_text || '号'
      ELSE case_text || COALESCE(' ' || court_text, '')
    END AS case_key,
    CASE WHEN case_text LIKE '(____)%' THEN TRY_CAST(SUBSTR(case_text, 2, 4) || '-12-31' AS DATE) END
      AS year_end
  FROM written
),

dated AS (
  SELECT
    keyed.*,
    COALESCE(filed_on, LEAST(hearing_on, judged_on, published_on, year_end)) AS first_on,
    GREATEST(filed_on, published_on) AS last_on
  FROM keyed
),

ranked AS (
  SELECT
    dated.*,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, record_kind, provider, record_id, kind, role
      ORDER BY is_certain DESC, score DESC, stated_on DESC, record_key
    ) AS place
  FROM dated
  WHERE filed_on IS NULL OR filed_on <= CAST(:as_of AS DATE)
)

SELECT
  customer_id,
  record_kind,
  provider,
  record_id,
  kind,
  role,
  is_claimed_from,
  case_key,
  stage,
  CASE stage
    WHEN 'closed' THEN 6
    WHEN 'enforcement' THEN 5
    WHEN 'judgment' THEN 4
    WHEN 'notice' THEN 3
    WHEN 'hearing' THEN 2
    ELSE 1
  END AS stage_place,
  filed_on,
  CASE WHEN first_on > CAST(:as_of AS DATE) THEN CAST(:as_of AS DATE) ELSE first_on END AS dated_on,
  CASE
    WHEN COALESCE(last_on, first_on) > CAST(:as_of AS DATE) THEN CAST(:as_of AS DATE)
    ELSE COALESCE(last_on, first_on)
  END AS public_on,
  CASE WHEN ended_on <= CAST(:as_of AS DATE) THEN ended_on END AS ended_on,
  NOT is_closed AND (ended_on IS NULL OR ended_on > CAST(:as_of AS DATE)) AS is_active,
  amount,
  currency,
  stated_on,
  method,
  score,
  is_certain
FROM ranked
WHERE place = 1
ORDER BY customer_id, record_kind, provider, record_id, kind, role
