-- run_stage: how far did tonight's assessment come, stage by stage?
--
-- Whoever reads this reads a night that was published, so every stage was reached; what a stage had to do
-- without is counted.
--
-- Grain: one row per stage. Key: stage_no.
-- Requirements: R4-32.
--
-- Columns
--   stage_no   INTEGER  1 to 5
--   stage      VARCHAR  preparation, method, analysis, grading, report
--   state      VARCHAR  done; partly: something was missing, see gap_cnt
--   done_cnt   BIGINT   feeds loaded; policies; customers measured; customers graded; customers with a file
--   gap_cnt    BIGINT   feeds held; 0; customers nothing is due from; customers without a grade; 0

WITH

feed AS (
  SELECT
    COUNT(*) FILTER (WHERE state <> 'held') AS done_cnt,
    COUNT(*) FILTER (WHERE state = 'held') AS gap_cnt
  FROM night.feed
),

graded AS (
  SELECT
    COUNT(*) AS customer_cnt,
    COUNT(*) FILTER (WHERE final_grade <> 'NR') AS graded_cnt,
    COUNT(*) FILTER (WHERE letter_collection_reason = 'nothing_due') AS nothing_due_cnt
  FROM grade.credit_grade
  WHERE is_active
),

stage AS (
  SELECT 1 AS stage_no, 'preparation' AS stage, done_cnt, gap_cnt FROM feed
  UNION ALL
  SELECT 2, 'method', COUNT(*), 0 FROM policy.rule
  UNION ALL
  SELECT 3, 'analysis', customer_cnt - nothing_due_cnt, nothing_due_cnt FROM graded
  UNION ALL
  SELECT 4, 'grading', graded_cnt, customer_cnt - graded_cnt FROM graded
  UNION ALL
  SELECT 5, 'report', customer_cnt, 0 FROM graded
)

SELECT
  stage_no,
  stage,
  CASE WHEN gap_cnt > 0 THEN 'partly' ELSE 'done' END AS state,
  done_cnt,
  gap_cnt
FROM stage
ORDER BY stage_no
