-- penalty: what did authorities decide against each customer, each decision once?
--
-- Only what matching accepted. Several providers, or several documents, may tell of one decision: its number is
-- what counts, however it was typed (as in core.legal_record); a document without one stands for itself. A
-- decision of which none gives the day counts from the day it was first made public, else from when we learned of it.
--
-- Grain: one row per customer and decision. Key: customer_id, decision_key.
-- Requirements: R0-94, R1-31, R1-60.
--
-- Columns
--   customer_id     VARCHAR         the customer it was decided against
--   decision_key    VARCHAR         the decision's number, else provider and document
--   decided_on      DATE            the last day that one of its documents gives, else the first on which it was told
--   is_environment  BOOLEAN         one of them says that environment law was broken
--   fine_base       DECIMAL(37,10)  the highest stated fine, base currency, not rounded: for sums; NULL: none stated, or is_no_fx
--   is_no_fx        BOOLEAN         a fine is stated, but none in a currency that has a rate

WITH

document AS (
  SELECT
    link.customer_id,
    COALESCE(
      NULLIF(TRANSLATE(
        UPPER(penalty.case_no),
        '（）〔〕［］【】[]０１２３４５６７８９－–—：／號　 ' || CHR(160) || CHR(9),
        '()()()()()0123456789---:/号'
      ), ''),
      penalty.provider || ' ' || penalty.record_id
    ) AS decision_key,
    penalty.decided_on,
    COALESCE(penalty.published_on, penalty.known_on) AS told_on,
    COALESCE(penalty.category = 'environment', FALSE) AS is_environment,
    penalty.amount,
    -- Nothing is nothing in any currency.
    CASE WHEN penalty.amount = 0 THEN 0 ELSE penalty.amount * currency.rate_to_base END AS fine_base
  FROM match.record_link AS link
  JOIN current.penalty AS penalty
    ON link.record_kind = 'penalty'
      AND link.record_key = penalty.provider || '|' || penalty.record_id || '|'
        || COALESCE(penalty.customer_id, '')
  LEFT JOIN event.currency AS currency ON currency.currency = penalty.currency
  WHERE link.state = 'accepted' AND NOT penalty.is_deleted
)

SELECT
  customer_id,
  decision_key,
  COALESCE(MAX(decided_on), MIN(told_on)) AS decided_on,
  COUNT(*) FILTER (WHERE is_environment) > 0 AS is_environment,
  MAX(fine_base) AS fine_base,
  COUNT(amount) > 0 AND COUNT(fine_base) = 0 AS is_no_fx
FROM document
WHERE COALESCE(decided_on, told_on) <= CAST(:as_of AS DATE)
GROUP BY customer_id, decision_key
ORDER BY customer_id, decision_key
