-- outlook: what would drop or lift each customer's letters?
--
-- `pay_by`: an open item whose own lateness would drop the overdue letter within 30 days.
-- `collect`: how much more cash on judged items, oldest due first, lifts the collection letter; no
-- row where paying everything would not, because claims took the rest.
-- `leaves`: the day the last settled item of the present overdue letter leaves the look-back.
-- Only the active policy, and for the overdue letter only where it reads the worst item: what one
-- payment does to a percentile is not said with one date.
--
-- Grain: one row per customer, kind, letter reached and invoice. Key: customer_id, kind, to_letter, invoice_id.
-- Requirements: design of the credit file: what would lift or drop the grade; Q7.
--
-- Columns
--   customer_id  VARCHAR        the customer
--   kind         VARCHAR        pay_by, collect, leaves
--   letter       VARCHAR        overdue, collection
--   from_letter  VARCHAR        tonight's letter; NULL: none yet
--   to_letter    VARCHAR        the letter reached; better for leaves, where the rest decides
--   invoice_id   VARCHAR        the invoice to pay; empty where it is not about one
--   amount       DECIMAL(28,2)  what to pay; NULL: leaves
--   currency     VARCHAR        of the amount; NULL: leaves
--   on_date      DATE           pay_by: the first night it would count; leaves: the day it leaves; NULL: collect

WITH

rule AS (
  SELECT * FROM policy.rule WHERE is_active
),

item AS (
  SELECT
    receivable.customer_id,
    receivable.invoice_id,
    receivable.currency,
    receivable.unpaid_amount - receivable.disputed_amount AS unpaid_amount,
    hard_grade.letter_overdue AS from_letter,
    CASE
      WHEN COALESCE(hard_grade.letter_overdue, 'A') = 'A' THEN 'B'
      WHEN hard_grade.letter_overdue = 'B' THEN 'C'
      WHEN hard_grade.letter_overdue = 'C' THEN 'D'
    END AS to_letter,
    CAST(receivable.due_date + INTERVAL '1' DAY * CASE
      WHEN COALESCE(hard_grade.letter_overdue, 'A') = 'A' THEN rule.overdue_a_max + 1
      WHEN hard_grade.letter_overdue = 'B' THEN rule.overdue_b_below
      ELSE rule.overdue_c_below
    END AS DATE) AS on_date
  FROM core.receivable
  CROSS JOIN rule
  JOIN score.hard_grade
    ON hard_grade.customer_id = receivable.customer_id
    AND hard_grade.policy_id = rule.policy_id
  WHERE receivable.settled_date IS NULL
    AND receivable.due_date IS NOT NULL
    AND receivable.unpaid_amount > receivable.disputed_amount
    AND rule.overdue_basis = 'worst'
    AND COALESCE(hard_grade.letter_overdue, 'A') <> 'D'
),

pay_by AS (
  SELECT
    customer_id, 'pay_by' AS kind, 'overdue' AS letter, from_letter, to_letter, invoice_id,
    unpaid_amount AS amount, currency, on_date
  FROM item
  WHERE on_date > CAST(:as_of AS DATE)
    AND on_date <= CAST(CAST(:as_of AS DATE) + INTERVAL '30' DAY AS DATE)
),

reach AS (
  SELECT 'A' AS to_letter, collection_a_min AS share FROM rule
  UNION ALL
  SELECT 'B', collection_b_min FROM rule
  UNION ALL
  SELECT 'C', collection_c_min FROM rule
),

target AS (
  SELECT
    letter_basis.customer_id,
    hard_grade.letter_collection AS from_letter,
    reach.to_letter,
    reach.share,
    reach.share * CAST(letter_basis.collection_due_base AS DECIMAL(31, 10))
    - CAST(letter_basis.collected_base - letter_basis.claims_base AS DECIMAL(31, 10)) AS missing,
    CAST(letter_basis.collection_open_base AS DECIMAL(31, 10)) AS open_base,
    CAST(letter_basis.collection_old_open_base AS DECIMAL(31, 10)) AS old_open_base
  FROM indicator.letter_basis
  JOIN rule ON rule.policy_id = letter_basis.policy_id
  JOIN score.hard_grade
    ON hard_grade.customer_id = letter_basis.customer_id
    AND hard_grade.policy_id = letter_basis.policy_id
  CROSS JOIN reach
  WHERE rule.collection_basis = 'cash'
    AND hard_grade.letter_collection IN ('B', 'C', 'D')
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

-- A unit paid on an item from before the window takes a unit off what is due and so brings only
-- `share` of it nearer; a unit paid on any other is collected. Rounded up to the cent: paying it is
-- enough.
collect AS (
  SELECT
    target.customer_id, 'collect' AS kind, 'collection' AS letter, target.from_letter,
    target.to_letter, '' AS invoice_id,
    CAST(CEIL(100 * LEAST(
      ROUND(CAST(target.missing / NULLIF(target.share, 0) AS DECIMAL(28, 10)), 4),
      target.missing + (1 - target.share) * target.old_open_base
    )) AS DECIMAL(28, 0)) * CAST(0.01 AS DECIMAL(3, 2)) AS amount,
    base.base_currency AS currency, CAST(NULL AS DATE) AS on_date
  FROM target
  CROSS JOIN base
  WHERE target.missing > 0
    AND target.missing <= target.open_base - (1 - target.share) * target.old_open_base
),

offending AS (
  SELECT
    receivable.customer_id,
    hard_grade.letter_overdue AS from_letter,
    MAX(GREATEST(receivable.due_date, receivable.settled_date)) AS touched_date,
    MAX(rule.overdue_months) AS overdue_months,
    COUNT(*) FILTER (WHERE receivable.settled_date IS NULL) AS open_cnt
  FROM core.receivable
  CROSS JOIN rule
  CROSS JOIN policy.book
  JOIN score.hard_grade
    ON hard_grade.customer_id = receivable.customer_id
    AND hard_grade.policy_id = rule.policy_id
  WHERE NOT receivable.is_excused
    AND receivable.judged_amount > book.residual_tolerance
    AND rule.overdue_basis = 'worst'
    AND receivable.days_overdue >= CASE hard_grade.letter_overdue
      WHEN 'B' THEN rule.overdue_a_max + 1
      WHEN 'C' THEN rule.overdue_b_below
      WHEN 'D' THEN rule.overdue_c_below
    END
    AND (
      (receivable.due_date > rule.overdue_from AND receivable.due_date <= CAST(:as_of AS DATE))
      OR receivable.settled_date > rule.overdue_from
      OR (receivable.settled_date IS NULL AND receivable.due_date < CAST(:as_of AS DATE))
    )
  GROUP BY receivable.customer_id, hard_grade.letter_overdue
),

later AS (
  SELECT
    customer_id, from_letter, touched_date,
    CAST(touched_date + INTERVAL '1' MONTH * overdue_months AS DATE) AS months_later
  FROM offending
  WHERE open_cnt = 0
),

leaves AS (
  SELECT
    customer_id, 'leaves' AS kind, 'overdue' AS letter, from_letter, 'better' AS to_letter,
    '' AS invoice_id, CAST(NULL AS DECIMAL(18, 2)) AS amount, CAST(NULL AS VARCHAR) AS currency,
    CASE
      WHEN EXTRACT(DAY FROM months_later) < EXTRACT(DAY FROM touched_date)
        THEN CAST(months_later + INTERVAL '1' DAY AS DATE)
      ELSE months_later
    END AS on_date
  FROM later
)

SELECT customer_id, kind, letter, from_letter, to_letter, invoice_id, amount, currency, on_date
FROM pay_by
UNION ALL
SELECT customer_id, kind, letter, from_letter, to_letter, invoice_id, amount, currency, on_date
FROM collect
UNION ALL
SELECT customer_id, kind, letter, from_letter, to_letter, invoice_id, amount, currency, on_date
FROM leaves
ORDER BY customer_id, kind, to_letter, invoice_id
