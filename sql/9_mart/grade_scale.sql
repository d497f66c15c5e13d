-- grade_scale: which grade of ours does a step of another scale come nearest to?
--
-- For reading others' ratings beside ours, never for computing one: no article gives such a table, and a bureau's score
-- keeps its own scale wherever it is published (Q17). Where a scale is a range of numbers, a step begins at
-- `value_from` and ends before `value_to`.
--
-- Grain: one row per scale and step. Key: scale_id, step_no.
-- Requirements: R4-31; Q17.
--
-- Columns
--   scale_id    VARCHAR        whose scale
--   step_no     INTEGER        1 is the best
--   label       VARCHAR        the step as it is written
--   value_from  DECIMAL(18,2)  where it begins; NULL: letters
--   value_to    DECIMAL(18,2)  where it ends, not included; NULL: letters, or the end of the scale
--   our_grade   VARCHAR        the nearest of A, B, C, D; NR: a step without a judgement
--   title_zh    VARCHAR        the scale, in Chinese
--   title_en    VARCHAR        the scale, in English

WITH

step AS (
  SELECT 'zixin' AS scale_id, 1 AS step_no, 'A' AS label, CAST(NULL AS DECIMAL(18, 2)) AS value_from,
    CAST(NULL AS DECIMAL(18, 2)) AS value_to, 'A' AS our_grade
  UNION ALL SELECT 'zixin', 2, 'B', NULL, NULL, 'B'
  UNION ALL SELECT 'zixin', 3, 'C', NULL, NULL, 'C'
  UNION ALL SELECT 'zixin', 4, 'D', NULL, NULL, 'D'
  UNION ALL SELECT 'zixin', 5, 'NR', NULL, NULL, 'NR'
  UNION ALL SELECT 'three_class', 1, '优良', NULL, NULL, 'A'
  UNION ALL SELECT 'three_class', 2, '一般', NULL, NULL, 'B'
  UNION ALL SELECT 'three_class', 3, '风险', NULL, NULL, 'D'
  UNION ALL SELECT 'points', 1, '80-100', 80, NULL, 'A'
  UNION ALL SELECT 'points', 2, '65-80', 65, 80, 'B'
  UNION ALL SELECT 'points', 3, '50-65', 50, 65, 'C'
  UNION ALL SELECT 'points', 4, '0-50', 0, 50, 'D'
  UNION ALL SELECT 'stars', 1, '5', NULL, NULL, 'A'
  UNION ALL SELECT 'stars', 2, '4', NULL, NULL, 'B'
  UNION ALL SELECT 'stars', 3, '3', NULL, NULL, 'C'
  UNION ALL SELECT 'stars', 4, '2', NULL, NULL, 'D'
  UNION ALL SELECT 'stars', 5, '1', NULL, NULL, 'D'
  UNION ALL SELECT 'score_300_850', 1, '740-850', 740, NULL, 'A'
  UNION ALL SELECT 'score_300_850', 2, '657.5-740', 657.5, 740, 'B'
  UNION ALL SELECT 'score_300_850', 3, '575-657.5', 575, 657.5, 'C'
  UNION ALL SELECT 'score_300_850', 4, '300-575', 300, 575, 'D'
  UNION ALL SELECT 'paydex_like', 1, '80-100', 80, NULL, 'A'
  UNION ALL SELECT 'paydex_like', 2, '50-80', 50, 80, 'C'
  UNION ALL SELECT 'paydex_like', 3, '0-50', 0, 50, 'D'
  UNION ALL SELECT 'agency_letters', 1, 'AAA', NULL, NULL, 'A'
  UNION ALL SELECT 'agency_letters', 2, 'AA', NULL, NULL, 'A'
  UNION ALL SELECT 'agency_letters', 3, 'A', NULL, NULL, 'A'
  UNION ALL SELECT 'agency_letters', 4, 'BBB', NULL, NULL, 'B'
  UNION ALL SELECT 'agency_letters', 5, 'BB', NULL, NULL, 'C'
  UNION ALL SELECT 'agency_letters', 6, 'B', NULL, NULL, 'C'
  UNION ALL SELECT 'agency_letters', 7, 'CCC', NULL, NULL, 'D'
  UNION ALL SELECT 'agency_letters', 8, 'CC', NULL, NULL, 'D'
  UNION ALL SELECT 'agency_letters', 9, 'C', NULL, NULL, 'D'
  UNION ALL SELECT 'agency_letters', 10, 'D', NULL, NULL, 'D'
  UNION ALL SELECT 'agency_letters', 11, 'NR', NULL, NULL, 'NR'
  UNION ALL SELECT 'tax_credit', 1, 'A', NULL, NULL, 'A'
  UNION ALL SELECT 'tax_credit', 2, 'B', NULL, NULL, 'B'
  UNION ALL SELECT 'tax_credit', 3, 'M', NULL, NULL, 'NR'
  UNION ALL SELECT 'tax_credit', 4, 'C', NULL, NULL, 'C'
  UNION ALL SELECT 'tax_credit', 5, 'D', NULL, NULL, 'D'
)

SELECT
  scale_id,
  step_no,
  label,
  value_from,
  value_to,
  our_grade,
  CASE scale_id
    WHEN 'zixin' THEN '本系统等级'
    WHEN 'three_class' THEN '优良、一般、风险三级'
    WHEN 'points' THEN '评分 0–100（标准临界值）'
    WHEN 'stars' THEN '评价 1–5 分'
    WHEN 'score_300_850' THEN '信用评分 300–850，按所在位置'
    WHEN 'paydex_like' THEN '付款指数 1–100'
    WHEN 'agency_letters' THEN '评级机构字母等级'
    ELSE '纳税信用级别'
  END AS title_zh,
  CASE scale_id
    WHEN 'zixin' THEN 'Our grades'
    WHEN 'three_class' THEN 'Good, ordinary, risky'
    WHEN 'points' THEN 'Points 0 to 100, at the standard cut-offs'
    WHEN 'stars' THEN 'Ratings 1 to 5'
    WHEN 'score_300_850' THEN 'Credit score 300 to 850, by place on the scale'
    WHEN 'paydex_like' THEN 'Payment index 1 to 100'
    WHEN 'agency_letters' THEN 'Letters of rating agencies'
    ELSE 'Tax credit class'
  END AS title_en
FROM step
ORDER BY scale_id, step_no
