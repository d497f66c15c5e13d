-- last_letter: what did each customer's letters last say, and how long ago?
--
-- A dormant customer has no letters tonight; what they last said, and when, is carried from night to night (A0.1,
-- Admission). It counts for nothing: a grade is made of tonight's letters alone.
--
-- Grain: one row per customer that ever had a letter on a published night. Key: customer_id.
-- Requirements: A0.1; R3-05, R4-102.
--
-- Columns
--   customer_id        VARCHAR  the customer
--   letter_overdue     VARCHAR  the last overdue letter; NULL: it never had one
--   letter_collection  VARCHAR  the last collection letter; NULL: it never had one
--   hard_grade         VARCHAR  the grade of that night, from the letters alone
--   lettered_on        DATE     the last night on which it had a letter
--   letter_age_days    INTEGER  days from that night to this one; 0: it has one tonight
--   nr_reason          VARCHAR  why it has none tonight: dormant and so on; NULL: it has one

WITH

tonight AS (
  SELECT
    customer_id, letter_overdue, letter_collection, hard_grade, nr_reason,
    letter_overdue IS NOT NULL OR letter_collection IS NOT NULL AS has_letter
  FROM grade.credit_grade
  WHERE is_active
),

-- The first night that keeps this list may have a night before it that did not.
earlier AS (
  SELECT
    customer_id, letter_overdue, letter_collection, hard_grade, lettered_on
  FROM before.last_letter
),

known AS (
  SELECT
    tonight.customer_id,
    CASE WHEN tonight.has_letter THEN tonight.letter_overdue ELSE earlier.letter_overdue END
      AS letter_overdue,
    CASE WHEN tonight.has_letter THEN tonight.letter_collection ELSE earlier.letter_collection END
      AS letter_collection,
    CASE WHEN tonight.has_letter THEN tonight.hard_grade ELSE earlier.hard_grade END AS hard_grade,
    CASE WHEN tonight.has_letter THEN CAST(:as_of AS DATE) ELSE earlier.lettered_on END
      AS lettered_on,
    -- A competitor letter makes a D of a customer without the other two.
    CASE WHEN NOT tonight.has_letter THEN COALESCE(tonight.nr_reason, 'no_data') END AS nr_reason
  FROM tonight
  LEFT JOIN earlier ON earlier.customer_id = tonight.customer_id
)

SELECT
  customer_id,
  letter_overdue,
  letter_collection,
  hard_grade,
  lettered_on,
  EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(lettered_on AS TIMESTAMP)))
    AS letter_age_days,
  nr_reason
FROM known
WHERE lettered_on IS NOT NULL
ORDER BY customer_id
