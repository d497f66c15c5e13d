-- grade_override: which decisions on grades hold tonight, and why do the others not?
--
-- An override needs a reason, an expiry, and an approver who is not its author. One that lacks any of
-- them has no effect and stays visible with what it lacks. Of several that hold for a customer the one
-- decided last counts.
--
-- Grain: one row per decision known tonight. Key: override_id.
-- Requirements: A0.1 Order of precedence; Q14; R4-95.
--
-- Columns
--   override_id  VARCHAR  the decision's number
--   customer_id  VARCHAR  whose grade
--   grade        VARCHAR  the grade it gives: A to D
--   state        VARCHAR  live, not_yet, expired, superseded, no_reason, no_author, no_approver, self_approved, no_expiry
--   is_live      BOOLEAN  it holds tonight
--   reason       VARCHAR  why; NULL: not stated
--   author       VARCHAR  who asked for it; NULL: not stated
--   approver     VARCHAR  who approved it; NULL: not stated
--   decided_on   DATE     the day it was approved
--   valid_from   DATE     its first day
--   expires_on   DATE     its last day; NULL: not stated
--   lifts_veto   VARCHAR  the listed vetoes it lifts, `,name,name,`; empty: none

WITH

said AS (
  SELECT
    override_id,
    customer_id,
    grade,
    NULLIF(TRIM(reason), '') AS reason,
    NULLIF(TRIM(author), '') AS author,
    NULLIF(TRIM(approver), '') AS approver,
    decided_on,
    COALESCE(valid_from, decided_on) AS valid_from,
    expires_on,
    ',' || REPLACE(REPLACE(LOWER(COALESCE(lifts_veto, '')), ';', ','), ' ', '') || ',' AS lifts_veto
  FROM current.grade_override
  WHERE NOT is_deleted
),

checked AS (
  SELECT
    said.*,
    CASE
      WHEN reason IS NULL THEN 'no_reason'
      WHEN author IS NULL THEN 'no_author'
      WHEN approver IS NULL THEN 'no_approver'
      WHEN LOWER(approver) = LOWER(author) THEN 'self_approved'
      WHEN expires_on IS NULL THEN 'no_expiry'
      WHEN expires_on < CAST(:as_of AS DATE) THEN 'expired'
      WHEN valid_from > CAST(:as_of AS DATE) OR decided_on > CAST(:as_of AS DATE) THEN 'not_yet'
      ELSE 'live'
    END AS state
  FROM said
),

placed AS (
  SELECT
    checked.*,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, state ORDER BY decided_on DESC, valid_from DESC, override_id DESC
    ) AS place
  FROM checked
)

SELECT
  override_id,
  customer_id,
  grade,
  CASE WHEN state = 'live' AND place > 1 THEN 'superseded' ELSE state END AS state,
  state = 'live' AND place = 1 AS is_live,
  reason,
  author,
  approver,
  decided_on,
  valid_from,
  expires_on,
  CASE WHEN lifts_veto = ',,' THEN '' ELSE lifts_veto END AS lifts_veto
FROM placed
ORDER BY override_id
