-- value_grid: what is each customer worth, how loyal is it, and what follows from both?
--
-- Value in three bands by cumulative gross margin, largest first: whoever lies before the first cut is high,
-- before the second middle, the rest low. Loyalty in two by the scorecard's node `loyalty`. Without cost or
-- loyalty there is no cell: an unknown value is not a low one.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R4-83, R0-05, R0-21, R1-75; Q20; A9.
--
-- Columns
--   policy_id          VARCHAR        the policy
--   customer_id        VARCHAR        the customer
--   is_active          BOOLEAN        the policy the book is run under
--   value_band         VARCHAR        high, middle, low; NULL: see grid_reason [R4-83]
--   abc_class          VARCHAR        the same as A, B, C [R1-75]
--   loyalty_score      DECIMAL(18,6)  0 to 100; NULL: nothing is known of it [R4-20]
--   loyalty_band       VARCHAR        loyal, not_loyal; NULL: see grid_reason [R4-83]
--   grid_cell          INTEGER        1 high and loyal, 2 high and not, 3 and 4 middle, 5 and 6 low; NULL: see grid_reason [R4-83]
--   grid_reason        VARCHAR        why there is no cell: no_margin, no_loyalty; NULL: there is one
--   grid_strategy_zh   VARCHAR        what to do, in Chinese [R4-83]
--   grid_strategy_en   VARCHAR        what to do, in English [R4-83]
--   key_customer_flag  BOOLEAN        among the fifth with most orders in 12 months; NULL: no_order_feed [R0-21]
--   order_trend        DECIMAL(18,6)  fraction, orders of 6 months over the 6 before, less 1; NULL: nothing then
--   coop_potential     DECIMAL(18,6)  order_trend times loyalty_score: above 0 growing; NULL: one of them is unknown [A9]
--   exposure_amount    DECIMAL(28,2)  what counts against the limit, base currency; NULL: no_fx
--   main_score         DECIMAL(18,6)  the scorecard's main score, 0 to 100; NULL: nothing is known
--   priority_amount    DECIMAL(28,6)  exposure times the points missing to 100, over 100; what is unknown misses 100 [R0-05]
--   priority_rank      BIGINT         1 has most at stake, of equals the first by number; NULL: no_fx [R0-05]

WITH

looked_at AS (
  SELECT
    segment.policy_id,
    segment.customer_id,
    segment.is_active,
    CASE
      WHEN trade.margin_ahead_amount IS NULL THEN NULL
      WHEN trade.margin_amount_12m <= 0 THEN 3
      WHEN CAST(trade.margin_ahead_amount AS DECIMAL(28, 2))
        < rule.value_high_share * CAST(trade.margin_book_amount AS DECIMAL(28, 2)) THEN 1
      WHEN CAST(trade.margin_ahead_amount AS DECIMAL(28, 2))
        < rule.value_middle_share * CAST(trade.margin_book_amount AS DECIMAL(28, 2)) THEN 2
      ELSE 3
    END AS value_no,
    loyalty.score AS loyalty_score,
    CASE WHEN loyalty.score >= rule.loyal_from THEN 0 WHEN loyalty.score IS NOT NULL THEN 1 END
      AS loyalty_no,
    trade.key_customer_flag,
    trade.order_trend,
    exposure.exposure_amount,
    main.score AS main_score,
    CAST(exposure.exposure_amount * CAST((100 - COALESCE(main.score, 0)) AS DECIMAL(9, 6))
      * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(28, 6)) AS priority_amount
  FROM measure.segment
  JOIN policy.rule ON rule.policy_id = segment.policy_id
  LEFT JOIN indicator.trade ON trade.customer_id = segment.customer_id
  LEFT JOIN measure.exposure ON exposure.customer_id = segment.customer_id
  LEFT JOIN score.node_score AS loyalty
    ON loyalty.scorecard_id = segment.scorecard_id
    AND loyalty.customer_id = segment.customer_id
    AND loyalty.node = 'loyalty'
  LEFT JOIN score.node_score AS main
    ON main.scorecard_id = segment.scorecard_id
    AND main.customer_id = segment.customer_id
    AND main.is_main
),

placed AS (
  SELECT
    looked_at.*,
    2 * value_no - 1 + loyalty_no AS grid_cell,
    CASE
      WHEN priority_amount IS NOT NULL
        THEN ROW_NUMBER() OVER (
          PARTITION BY policy_id ORDER BY priority_amount DESC NULLS LAST, customer_id
        )
    END AS priority_rank
  FROM looked_at
)

SELECT
  placed.policy_id,
  placed.customer_id,
  placed.is_active,
  CASE placed.value_no WHEN 1 THEN 'high' WHEN 2 THEN 'middle' WHEN 3 THEN 'low' END AS value_band,
  CASE placed.value_no WHEN 1 THEN 'A' WHEN 2 THEN 'B' WHEN 3 THEN 'C' END AS abc_class,
  placed.loyalty_score,
  CASE placed.loyalty_no WHEN 0 THEN 'loyal' WHEN 1 THEN 'not_loyal' END AS loyalty_band,
  placed.grid_cell,
  CASE
    WHEN placed.value_no IS NULL THEN 'no_margin'
    WHEN placed.loyalty_no IS NULL THEN 'no_loyalty'
  END AS grid_reason,
  strategy.strategy_zh AS grid_strategy_zh,
  strategy.strategy_en AS grid_strategy_en,
  placed.key_customer_flag,
  placed.order_trend,
  -- A sample for a yuan last year and a lorry this year: a trend of hundreds of thousands.
  TRY_CAST(CAST(placed.order_trend AS DECIMAL(28, 6)) * CAST(placed.loyalty_score AS DECIMAL(9, 6))
    AS DECIMAL(18, 6)) AS coop_potential,
  placed.exposure_amount,
  placed.main_score,
  placed.priority_amount,
  placed.priority_rank
FROM placed
LEFT JOIN policy.strategy
  ON strategy.policy_id = placed.policy_id AND strategy.grid_cell = placed.grid_cell
ORDER BY policy_id, customer_id
