-- hard_grade: which letters, which combination, which grade do they make, under each policy?
--
-- The first step of the order of precedence: any D letter is D, even when another letter is missing; else NR when collection or
-- overdue is missing; else the combination. A missing letter is never taken for an A: what is unknown
-- widens the grade to an interval.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R4-G1..R4-G5; A0.1 Order of precedence; Q1, Q2, Q6, Q7, Q11, Q13, Q13a.
--
-- Columns
--   policy_id                 VARCHAR        the policy
--   customer_id               VARCHAR        the customer
--   hard_grade                VARCHAR        A, B, C, D or NR, from the letters alone [R4-G4]
--   hard_best                 VARCHAR        that grade if every unknown letter turned out well; NR: A
--   hard_worst                VARCHAR        that grade if every unknown letter turned out badly; NR: D
--   letter_overdue            VARCHAR        A to D; NULL: see letter_overdue_reason [R4-G2]
--   letter_overdue_reason     VARCHAR        none_judged; NULL: there is a letter
--   letter_collection         VARCHAR        A to D; NULL: see letter_collection_reason [R4-G1]
--   letter_collection_reason  VARCHAR        nothing_due, no_fx; NULL: there is a letter
--   letter_competitor         VARCHAR        A to D, n/a: not a reseller or switched off; NULL: unknown [R4-G3]
--   hard_combo                VARCHAR        the three letters sorted, an unknown or n/a third counted as B; NULL: overdue or collection is missing
--   combo_in_article          BOOLEAN        the article lists this combination; NULL: no combination [Q1]
--   hard_veto                 VARCHAR        the D letters, comma-separated; NULL: none
--   veto_weight               DECIMAL(18,6)  fraction of the amount due that lies in offending items; NULL: none judged [Q7]
--   veto_until                DATE           the day the last offending item leaves the look-back; NULL: none, or one is open [Q7]
--   overdue_basis             VARCHAR        worst or p90: what the overdue letter was read from
--   overdue_days              DECIMAL(18,6)  that value in days; NULL: none judged
--   net_collection_rate       DECIMAL(18,6)  fraction, to read; NULL: nothing due, no_fx
--   nr_reason                 VARCHAR        never_due, dormant, prospect, no_data; NULL: rated

WITH

basis AS (
  SELECT
    rule.*,
    letter_basis.customer_id,
    letter_basis.overdue_item_cnt,
    letter_basis.overdue_due_base,
    letter_basis.offending_item_cnt,
    letter_basis.offending_base,
    letter_basis.veto_until,
    letter_basis.collection_item_cnt,
    letter_basis.no_fx_item_cnt,
    letter_basis.net_collection_rate,
    CASE rule.overdue_basis
      WHEN 'p90' THEN letter_basis.days_overdue_p90
      ELSE letter_basis.days_overdue_worst
    END AS overdue_days,
    CAST(letter_basis.collection_due_base AS DECIMAL(31, 10)) AS due_base,
    CAST(CASE rule.collection_basis
      WHEN 'literal' THEN letter_basis.collection_due_base - letter_basis.claims_all_base
      ELSE letter_basis.collected_base - letter_basis.claims_base
    END AS DECIMAL(31, 10)) AS net_base,
    customer.is_reseller,
    customer.competitor_share,
    customer.first_sale_date,
    customer.last_sale_date,
    customer.has_master
  FROM indicator.letter_basis
  JOIN policy.rule ON rule.policy_id = letter_basis.policy_id
  JOIN core.customer ON customer.customer_id = letter_basis.customer_id
),

lettered AS (
  SELECT
    basis.*,
    CASE
      WHEN overdue_item_cnt = 0 THEN NULL
      WHEN overdue_days <= overdue_a_max THEN 'A'
      WHEN overdue_days < overdue_b_below THEN 'B'
      WHEN overdue_days < overdue_c_below THEN 'C'
      -- A share of sums that lack a currency is not known: the D stands.
      WHEN offending_item_cnt >= overdue_veto_min_items
        OR COALESCE(offending_base >= overdue_veto_min_share * CAST(overdue_due_base AS DECIMAL(31, 10)), TRUE)
        THEN 'D'
      ELSE 'C'
    END AS letter_overdue,
    CASE
      WHEN collection_item_cnt = 0 OR no_fx_item_cnt > 0 OR due_base = 0 THEN NULL
      WHEN net_base >= collection_a_min * due_base THEN 'A'
      WHEN net_base >= collection_b_min * due_base THEN 'B'
      WHEN net_base >= collection_c_min * due_base THEN 'C'
      ELSE 'D'
    END AS letter_collection,
    CASE
      WHEN competitor_mode = 'off' OR NOT is_reseller THEN 'n/a'
      -- For customers marked reseller only (Q13a): a share somebody noted of another one tells nothing yet.
      WHEN is_reseller IS NULL OR competitor_share IS NULL THEN NULL
      WHEN competitor_share <= competitor_a_max THEN 'A'
      WHEN competitor_share < competitor_b_below THEN 'B'
      WHEN competitor_share <= competitor_c_max THEN 'C'
      ELSE 'D'
    END AS letter_competitor
  FROM basis
),

-- The third letter as it counts: as it is, at its best and at its worst.
counted AS (
  SELECT
    lettered.*,
    CASE
      WHEN letter_competitor IS NULL OR letter_competitor = 'n/a' THEN 'B'
      WHEN letter_competitor = 'D' AND competitor_mode = 'no_veto' THEN 'C'
      ELSE letter_competitor
    END AS third,
    CASE
      WHEN letter_competitor IS NULL THEN 'A'
      WHEN letter_competitor = 'n/a' THEN 'B'
      WHEN letter_competitor = 'D' AND competitor_mode = 'no_veto' THEN 'C'
      ELSE letter_competitor
    END AS third_best,
    CASE
      WHEN letter_competitor = 'n/a' THEN 'B'
      WHEN COALESCE(letter_competitor, 'D') = 'D' AND competitor_mode = 'no_veto' THEN 'C'
      ELSE COALESCE(letter_competitor, 'D')
    END AS third_worst,
    letter_overdue IS NULL OR letter_collection IS NULL AS is_missing_letter
  FROM lettered
),

scenario AS (
  SELECT policy_id, customer_id, 'as_is' AS scenario, combo_extension, is_missing_letter,
    letter_overdue, letter_collection, third
  FROM counted
  UNION ALL
  SELECT policy_id, customer_id, 'best', combo_extension, is_missing_letter,
    letter_overdue, letter_collection, third_best
  FROM counted
  UNION ALL
  SELECT policy_id, customer_id, 'worst', combo_extension, is_missing_letter,
    letter_overdue, letter_collection, third_worst
  FROM counted
),

tallied AS (
  SELECT
    scenario.*,
    CASE WHEN COALESCE(letter_overdue, '') = 'A' THEN 1 ELSE 0 END
    + CASE WHEN COALESCE(letter_collection, '') = 'A' THEN 1 ELSE 0 END
    + CASE WHEN third = 'A' THEN 1 ELSE 0 END AS a_cnt,
    CASE WHEN COALESCE(letter_overdue, '') = 'B' THEN 1 ELSE 0 END
    + CASE WHEN COALESCE(letter_collection, '') = 'B' THEN 1 ELSE 0 END
    + CASE WHEN third = 'B' THEN 1 ELSE 0 END AS b_cnt,
    CASE WHEN COALESCE(letter_overdue, '') = 'C' THEN 1 ELSE 0 END
    + CASE WHEN COALESCE(letter_collection, '') = 'C' THEN 1 ELSE 0 END
    + CASE WHEN third = 'C' THEN 1 ELSE 0 END AS c_cnt,
    CASE WHEN COALESCE(letter_overdue, '') = 'D' THEN 1 ELSE 0 END
    + CASE WHEN COALESCE(letter_collection, '') = 'D' THEN 1 ELSE 0 END
    + CASE WHEN third = 'D' THEN 1 ELSE 0 END AS d_cnt
  FROM scenario
),

-- The ten D-free combinations. Seven stand in the article; `combo_extension` settles AAC, ABC, ACC.
combined AS (
  SELECT
    tallied.*,
    CASE
      WHEN d_cnt > 0 THEN 'D'
      WHEN is_missing_letter THEN 'NR'
      WHEN combo_extension = 'points' AND a_cnt + 2 * b_cnt + 3 * c_cnt <= 4 THEN 'A'
      WHEN combo_extension = 'points' AND a_cnt + 2 * b_cnt + 3 * c_cnt <= 6 THEN 'B'
      WHEN combo_extension = 'points' THEN 'C'
      WHEN c_cnt > 0 THEN 'C'
      WHEN b_cnt >= 2 THEN 'B'
      ELSE 'A'
    END AS grade
  FROM tallied
),

graded AS (
  SELECT
    policy_id,
    customer_id,
    MAX(CASE WHEN scenario = 'as_is' THEN grade END) AS hard_grade,
    MAX(CASE WHEN scenario = 'best' THEN grade END) AS best,
    MAX(CASE WHEN scenario = 'worst' THEN grade END) AS worst,
    MAX(CASE WHEN scenario = 'as_is' THEN a_cnt END) AS a_cnt,
    MAX(CASE WHEN scenario = 'as_is' THEN b_cnt END) AS b_cnt,
    MAX(CASE WHEN scenario = 'as_is' THEN c_cnt END) AS c_cnt,
    MAX(CASE WHEN scenario = 'as_is' THEN d_cnt END) AS d_cnt
  FROM combined
  GROUP BY policy_id, customer_id
),

due_once AS (
  SELECT DISTINCT customer_id
  FROM core.receivable
  WHERE due_date <= CAST(:as_of AS DATE)
),

spanned AS (
  SELECT
    counted.*,
    graded.hard_grade,
    CASE WHEN graded.hard_grade = 'NR' THEN 'A' ELSE graded.best END AS hard_best,
    CASE WHEN graded.hard_grade = 'NR' THEN 'D' ELSE graded.worst END AS hard_worst,
    SUBSTRING('AAA', 1, graded.a_cnt) || SUBSTRING('BBB', 1, graded.b_cnt)
    || SUBSTRING('CCC', 1, graded.c_cnt) || SUBSTRING('DDD', 1, graded.d_cnt) AS letters
  FROM counted
  JOIN graded
    ON graded.policy_id = counted.policy_id AND graded.customer_id = counted.customer_id
)

SELECT
  spanned.policy_id,
  spanned.customer_id,
  spanned.hard_grade,
  spanned.hard_best,
  spanned.hard_worst,
  spanned.letter_overdue,
  CASE WHEN spanned.letter_overdue IS NULL THEN 'none_judged' END AS letter_overdue_reason,
  spanned.letter_collection,
  CASE
    WHEN spanned.letter_collection IS NOT NULL THEN NULL
    WHEN spanned.no_fx_item_cnt > 0 THEN 'no_fx'
    ELSE 'nothing_due'
  END AS letter_collection_reason,
  spanned.letter_competitor,
  CASE WHEN NOT spanned.is_missing_letter THEN spanned.letters END AS hard_combo,
  CASE
    WHEN spanned.is_missing_letter THEN NULL
    ELSE spanned.letters NOT IN ('AAC', 'ABC', 'ACC')
  END AS combo_in_article,
  NULLIF(
    SUBSTRING(
      CASE WHEN spanned.letter_overdue = 'D' THEN ',overdue' ELSE '' END
      || CASE WHEN spanned.letter_collection = 'D' THEN ',collection' ELSE '' END
      || CASE WHEN spanned.third = 'D' THEN ',competitor' ELSE '' END, 2
    ), ''
  ) AS hard_veto,
  CAST(CAST(spanned.offending_base / NULLIF(spanned.overdue_due_base, 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS veto_weight,
  spanned.veto_until,
  spanned.overdue_basis,
  spanned.overdue_days,
  spanned.net_collection_rate,
  CASE
    WHEN spanned.hard_grade <> 'NR' THEN NULL
    WHEN spanned.first_sale_date IS NULL AND spanned.has_master THEN 'prospect'
    WHEN spanned.first_sale_date IS NULL THEN 'no_data'
    WHEN spanned.last_sale_date <= book.window_start THEN 'dormant'
    WHEN due_once.customer_id IS NULL THEN 'never_due'
    ELSE 'no_data'
  END AS nr_reason
FROM spanned
CROSS JOIN policy.book
LEFT JOIN due_once ON due_once.customer_id = spanned.customer_id
ORDER BY policy_id, customer_id
