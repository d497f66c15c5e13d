-- granted_limit: which credit limit did people grant each customer?
--
-- A limit counts from its first to its last day, if somebody other than its author approved it and, when it is a
-- temporary one, if it ends. A temporary limit outranks the approved one while it lasts; of several approved ones the
-- last to begin replaced those before it, and when it ends none of them comes back. In the base currency; without a
-- rate the limit is unknown, which is neither none set (no row of a person) nor 0 (none granted).
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R3-20, R4-95; I21; C10; A0.1 Currency.
--
-- Columns
--   customer_id        VARCHAR        the customer
--   granted_amount     DECIMAL(28,2)  the limit, base currency; 0: none is granted; NULL: granted_reason
--   granted_reason     VARCHAR        none_set: nobody decided, or what was decided has ended; no_fx; NULL: there is a limit
--   granted_kind       VARCHAR        temporary or approved; NULL: none_set
--   decision_id        VARCHAR        the decision; NULL: none_set
--   decided_on         DATE           the day of it; NULL: none_set
--   approver           VARCHAR        who approved it; NULL: none_set
--   valid_until        DATE           its last day; NULL: none_set, or until another takes its place
--   is_secured         BOOLEAN        a guarantee or deposit stands behind it; NULL: nobody said
--   granted_currency   VARCHAR        as decided; NULL: none_set
--   granted_native     DECIMAL(18,2)  the limit as decided, in that currency; NULL: none_set
--   approved_amount    DECIMAL(28,2)  the approved limit under a temporary one, base currency; NULL: none, no_fx
--   requested_amount   DECIMAL(28,2)  asked for and not decided since, base currency; NULL: nothing, no_fx
--   requested_on       DATE           the day of that; NULL: nothing is asked for
--   ended_on           DATE           the last day of an approved limit that has ended; NULL: none
--   void_cnt           BIGINT         decisions that have no effect for want of an approver or, temporary ones, of an end

WITH

base AS (
  SELECT COALESCE(MAX(currency.base_currency), MAX(book.base_currency)) AS base_currency
  FROM policy.book
  LEFT JOIN event.currency ON TRUE
),

decision AS (
  SELECT
    limit_decision.decision_id,
    limit_decision.customer_id,
    limit_decision.kind,
    limit_decision.limit_amount,
    limit_decision.currency,
    limit_decision.approver,
    limit_decision.decided_on,
    COALESCE(limit_decision.valid_from, limit_decision.decided_on) AS valid_from,
    limit_decision.valid_until,
    limit_decision.is_secured,
    CAST(limit_decision.limit_amount AS DECIMAL(28, 2))
      * CASE WHEN limit_decision.currency = base.base_currency THEN 1 ELSE currency.rate_to_base END
      AS base_amount,
    limit_decision.kind <> 'requested' AND (
      COALESCE(TRIM(limit_decision.approver), '') = ''
      OR LOWER(TRIM(limit_decision.approver)) = LOWER(TRIM(COALESCE(limit_decision.author, '')))
      OR (limit_decision.kind = 'temporary' AND limit_decision.valid_until IS NULL)
    ) AS is_void
  FROM current.limit_decision
  CROSS JOIN base
  LEFT JOIN event.currency ON currency.currency = limit_decision.currency
  WHERE NOT limit_decision.is_deleted AND limit_decision.decided_on <= CAST(:as_of AS DATE)
),

begun AS (
  SELECT
    decision.*,
    COALESCE(valid_until, CAST(:as_of AS DATE)) >= CAST(:as_of AS DATE) AS is_live,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, kind
      ORDER BY valid_from DESC, decided_on DESC, decision_id DESC
    ) AS place
  FROM decision
  WHERE NOT is_void AND kind = 'approved' AND valid_from <= CAST(:as_of AS DATE)
),

for_a_time AS (
  SELECT
    decision.*,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id ORDER BY decided_on DESC, valid_from DESC, decision_id DESC
    ) AS place
  FROM decision
  WHERE NOT is_void AND kind = 'temporary'
    AND valid_from <= CAST(:as_of AS DATE) AND valid_until >= CAST(:as_of AS DATE)
),

in_force AS (
  SELECT customer_id, 1 AS rank_no, kind, decision_id, decided_on, approver, valid_until, is_secured,
    currency, limit_amount, base_amount
  FROM for_a_time
  WHERE place = 1
  UNION ALL
  SELECT customer_id, 2, kind, decision_id, decided_on, approver, valid_until, is_secured,
    currency, limit_amount, base_amount
  FROM begun
  WHERE place = 1 AND is_live
),

ranked AS (
  SELECT
    in_force.*, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY rank_no) AS place
  FROM in_force
),

-- What was asked for is open until anything was decided on the same day or later.
answered AS (
  SELECT customer_id, MAX(decided_on) AS answered_on
  FROM decision
  WHERE kind <> 'requested'
  GROUP BY customer_id
),

asked AS (
  SELECT
    decision.customer_id, decision.base_amount, decision.decided_on,
    ROW_NUMBER() OVER (
      PARTITION BY decision.customer_id ORDER BY decision.decided_on DESC, decision.decision_id DESC
    ) AS place
  FROM decision
  LEFT JOIN answered ON answered.customer_id = decision.customer_id
  WHERE decision.kind = 'requested'
    AND decision.decided_on > COALESCE(answered.answered_on, DATE '1900-01-01')
    AND COALESCE(decision.valid_until, CAST(:as_of AS DATE)) >= CAST(:as_of AS DATE)
),

void AS (
  SELECT customer_id, COUNT(*) AS void_cnt
  FROM decision
  WHERE is_void
  GROUP BY customer_id
)

SELECT
  customer.customer_id,
  ranked.base_amount AS granted_amount,
  CASE
    WHEN ranked.customer_id IS NULL THEN 'none_set'
    WHEN ranked.base_amount IS NULL THEN 'no_fx'
  END AS granted_reason,
  ranked.kind AS granted_kind,
  ranked.decision_id,
  ranked.decided_on,
  ranked.approver,
  ranked.valid_until,
  ranked.is_secured,
  ranked.currency AS granted_currency,
  ranked.limit_amount AS granted_native,
  CASE WHEN begun.is_live THEN begun.base_amount END AS approved_amount,
  asked.base_amount AS requested_amount,
  asked.decided_on AS requested_on,
  CASE WHEN NOT begun.is_live THEN begun.valid_until END AS ended_on,
  COALESCE(void.void_cnt, 0) AS void_cnt
FROM core.customer
LEFT JOIN ranked ON ranked.customer_id = customer.customer_id AND ranked.place = 1
LEFT JOIN begun ON begun.customer_id = customer.customer_id AND begun.place = 1
LEFT JOIN asked ON asked.customer_id = customer.customer_id AND asked.place = 1
LEFT JOIN void ON void.customer_id = customer.customer_id
ORDER BY customer_id
