-- contract: does each customer sign, take delivery, pay by plan and keep its contracts?
--
-- One row for every customer. Only what the customer did counts for or against it: a delay or a breach of ours, of the
-- carrier or of nobody known stands beside it in a column of its own (Q27). A record type nobody feeds is unknown; one
-- that brings rows for anybody makes the others' count 0.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-30..R0-35, R3-52, R4-92; EW08; Q15, Q27.
--
-- Columns
--   customer_id                    VARCHAR        the customer
--   contract_live_cnt              BIGINT         signed contracts that run tonight; NULL: no_contract_feed
--   contract_live_amount           DECIMAL(28,2)  their value, base currency; NULL: no_contract_feed, no_fx
--   contract_offered_cnt           BIGINT         contracts offered in 24 months, offers of the last 90 days still open apart
--   contract_pending_cnt           BIGINT         those open offers
--   contract_signed_rate           DECIMAL(18,6)  fraction of contract_offered_cnt that was signed; NULL: none offered [R0-31]
--   contract_signed_rate_reason    VARCHAR        no_contract_feed, no_contracts; NULL: there is a value
--   contract_sign_cnt              BIGINT         contracts signed in 24 months with both days stated
--   contract_sign_days_mean        DECIMAL(18,6)  days from offer to signature, their mean; NULL: none [R0-31]
--   contract_planned_amount        DECIMAL(28,2)  what the customer had to do by tonight in its live contracts, base currency
--   contract_progress_gap          DECIMAL(18,6)  fraction of it not done; 0: on plan or ahead; NULL: nothing planned, no amounts, no_fx [R0-32]
--   contract_progress_gap_reason   VARCHAR        no_milestone_feed, none_planned, no_amounts, no_fx; NULL: there is a value
--   contract_progress_gap_ours     DECIMAL(18,6)  the same of what we had to do: mitigating; NULL: likewise [R0-32, Q27]
--   milestone_due_cnt              BIGINT         what the customer had to do in the last 12 months, in any contract
--   milestone_on_time_share        DECIMAL(18,6)  fraction of it done by its day, or due tonight; NULL: none [R0-34]
--   contract_breach_cnt_24m        BIGINT         breaches by the customer; NULL: no_breach_feed [R0-33]
--   contract_breach_cnt_24m_reason VARCHAR        no_breach_feed; NULL: there is a value
--   contract_breach_amt_24m        DECIMAL(28,2)  what they cost, where stated, base currency; NULL: no_breach_feed, no_fx [R0-33]
--   contract_breach_amt_24m_reason VARCHAR        no_breach_feed, no_fx; NULL: there is a value
--   contract_force_cnt             BIGINT         signed contracts in force on any day of 24 months
--   contract_breach_rate           DECIMAL(18,6)  fraction of them the customer broke; NULL: none in force, no feed [R0-33]
--   contract_breach_open_cnt       BIGINT         breaches of 24 months by the customer, not made good
--   contract_breach_last_date      DATE           its last breach; NULL: none in 24 months
--   contract_breach_last_id        VARCHAR        the breach of that day, the first by number; NULL: none in 24 months
--   contract_breach_cnt_ours       BIGINT         breaches of 24 months by us or the carrier: mitigating
--   contract_breach_cnt_unknown    BIGINT         breaches of 24 months of which nobody says whose they were
--   breach_clause_flag             BOOLEAN        every live contract says who answers for a breach; NULL: none live, not stated [R3-52]
--   breach_clause_flag_reason      VARCHAR        no_contract_feed, no_live_contract, clause_unknown; NULL: there is a value
--   compensation_clause_flag       BOOLEAN        every live contract says what a breach costs; NULL: as breach_clause_flag [R3-52]
--   compensation_clause_flag_reason VARCHAR       as breach_clause_flag_reason
--   delivery_cnt_12m               BIGINT         deliveries due in the last 12 months; NULL: no_delivery_feed
--   delivery_delay_days            INTEGER        days, the longest delay the customer caused, one still out counted to the night; 0: none; NULL: none due [R4-92, Q27]
--   delivery_delay_days_90d        INTEGER        the same of deliveries due in the last 90 days or still out; NULL: as delivery_delay_days [R4-92, Q27]
--   delivery_delay_id              VARCHAR        the delivery of delivery_delay_days_90d, the first by number; NULL: none
--   delivery_delay_days_reason     VARCHAR        no_delivery_feed, no_deliveries; NULL: there is a value
--   delivery_delay_days_mean       DECIMAL(18,6)  days the customer delayed its deliveries, the others as 0, mean; NULL: none due [R4-92]
--   delivery_late_cnt              BIGINT         deliveries the customer delayed
--   delivery_late_date             DATE           the day the last of them was due; NULL: none
--   delivery_delay_days_ours       INTEGER        days, the longest delay we or the carrier caused: mitigating; NULL: none due [Q27]
--   delivery_late_cnt_ours         BIGINT         deliveries we or the carrier delayed
--   delivery_delay_days_unknown    INTEGER        days, the longest delay of which nobody says whose it was; NULL: none due [Q27]
--   delivery_late_cnt_unknown      BIGINT         deliveries delayed by nobody known
--   delivery_judged_cnt            BIGINT         deliveries on time or delayed by the customer
--   delivery_on_time_share         DECIMAL(18,6)  fraction of these that were on time; NULL: none [R0-34]
--   delivery_on_time_share_ours    DECIMAL(18,6)  of those on time or delayed by us or the carrier, fraction on time; NULL: none [R0-34]
--   delivery_measured_cnt          BIGINT         deliveries of 12 months that came and state both quantities
--   delivery_in_full_share         DECIMAL(18,6)  fraction of these that were complete; NULL: none [R0-34]
--   return_cnt_12m                 BIGINT         returns of 12 months, whoever caused them; NULL: no_return_feed
--   return_customer_cnt_12m        BIGINT         returns of 12 months the customer caused; NULL: no_return_feed [R0-34, Q15]
--   return_customer_amount_12m     DECIMAL(28,2)  their value as sold, base currency; NULL: no_return_feed, no_fx
--   return_cause_cnt               BIGINT         returns of 12 months whose cause is known
--   return_customer_share          DECIMAL(18,6)  fraction of these the customer caused; NULL: none [R0-34, Q15]

WITH

night AS (
  SELECT
    quarter_last_year_end AS year_start,
    months_24_start,
    days_90_start,
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) AS night_time
  FROM policy.book
),

fed AS (
  SELECT
    (SELECT COUNT(*) FROM current.contract) > 0 AS has_contracts,
    (SELECT COUNT(*) FROM current.contract_milestone) > 0 AS has_milestones,
    (SELECT COUNT(*) FROM current.contract_breach) > 0 AS has_breaches,
    (SELECT COUNT(*) FROM current.delivery) > 0 AS has_deliveries,
    (SELECT COUNT(*) FROM current.sales_return) > 0 AS has_returns
),

-- A contract without any day is as old as what we know of it.
agreed AS (
  SELECT
    contract.contract_id,
    contract.customer_id,
    contract.offered_on,
    contract.signed_on,
    contract.end_date,
    contract.amount,
    contract.status,
    contract.has_breach_clause,
    contract.has_compensation_clause,
    contract.currency,
    currency.rate_to_base,
    COALESCE(contract.offered_on, contract.signed_on, contract.start_date, contract.known_on)
      AS agreed_on,
    COALESCE(
      contract.signed_on <= CAST(:as_of AS DATE),
      contract.status IN ('signed', 'active', 'completed', 'terminated')
    ) AS is_signed
  FROM current.contract
  LEFT JOIN event.currency ON currency.currency = contract.currency
  WHERE NOT contract.is_deleted
),

-- Whatever day it was to end, a contract not called completed or terminated is still owed.
contract AS (
  SELECT
    agreed.*,
    is_signed AND status IN ('signed', 'active') AS is_live,
    NOT is_signed AND (status = 'offered' OR COALESCE(signed_on > CAST(:as_of AS DATE), FALSE))
      AND agreed_on > night.days_90_start AS is_pending,
    agreed_on > night.months_24_start AS is_recent,
    signed_on > night.months_24_start AS is_signed_recently,
    is_signed AND COALESCE(end_date, agreed_on) > night.months_24_start AS is_in_force
  FROM agreed
  CROSS JOIN night
  WHERE agreed_on <= CAST(:as_of AS DATE)
),

signing AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE is_live) AS live_cnt,
    SUM(amount * rate_to_base) FILTER (WHERE is_live) AS live_base,
    COUNT(*) FILTER (WHERE is_live AND amount > 0 AND rate_to_base IS NULL) AS live_no_fx_cnt,
    COUNT(*) FILTER (WHERE is_recent AND NOT is_pending) AS offered_cnt,
    COUNT(*) FILTER (WHERE is_pending) AS pending_cnt,
    COUNT(*) FILTER (WHERE is_recent AND is_signed) AS signed_cnt,
    COUNT(*) FILTER (WHERE is_signed AND is_signed_recently AND offered_on IS NOT NULL) AS sign_cnt,
    SUM(EXTRACT(DAY FROM (CAST(signed_on AS TIMESTAMP) - CAST(offered_on AS TIMESTAMP))))
      FILTER (WHERE is_signed AND is_signed_recently) AS sign_days,
    COUNT(*) FILTER (WHERE is_in_force) AS force_cnt,
    COUNT(*) FILTER (WHERE is_live AND has_breach_clause) AS clause_cnt,
    COUNT(*) FILTER (WHERE is_live AND NOT has_breach_clause) AS no_clause_cnt,
    COUNT(*) FILTER (WHERE is_live AND has_compensation_clause) AS compensation_cnt,
    COUNT(*) FILTER (WHERE is_live AND NOT has_compensation_clause) AS no_compensation_cnt
  FROM contract
  GROUP BY customer_id
),

-- What is planned in a contract that was taken back, or that nobody has signed yet, nobody owes.
void AS (
  SELECT contract_id FROM current.contract WHERE is_deleted
  UNION ALL
  SELECT contract_id FROM agreed WHERE NOT is_signed
),

-- Done counts whenever it was done, so that what came early makes up for what is late in the same contract; a part
-- done without a day counts as far as it goes.
milestone AS (
  SELECT
    COALESCE(contract.customer_id, milestone.customer_id) AS customer_id,
    milestone.contract_id,
    COALESCE(milestone.owed_by, 'us') AS owed_by,
    contract.rate_to_base,
    COALESCE(contract.is_live, TRUE) AS is_live,
    milestone.planned_date <= CAST(:as_of AS DATE) AS is_due,
    milestone.planned_date <= CAST(:as_of AS DATE) AND milestone.planned_date > night.year_start
      AS is_due_this_year,
    COALESCE(
      milestone.actual_date <= milestone.planned_date,
      milestone.planned_date = CAST(:as_of AS DATE)
    ) AS is_on_time,
    milestone.planned_amount,
    CASE
      WHEN milestone.planned_amount IS NULL OR milestone.actual_date > CAST(:as_of AS DATE) THEN 0
      WHEN milestone.actual_date IS NULL THEN COALESCE(milestone.actual_amount, 0)
      ELSE COALESCE(milestone.actual_amount, milestone.planned_amount)
    END AS done_amount
  FROM current.contract_milestone AS milestone
  CROSS JOIN night
  LEFT JOIN contract ON contract.contract_id = milestone.contract_id
  LEFT JOIN void ON void.contract_id = milestone.contract_id
  WHERE NOT milestone.is_deleted AND void.contract_id IS NULL
),

plan AS (
  SELECT
    customer_id,
    contract_id,
    owed_by,
    rate_to_base,
    COUNT(*) FILTER (WHERE is_live AND is_due) AS due_cnt,
    SUM(planned_amount) FILTER (WHERE is_live AND is_due) AS planned_amount,
    SUM(done_amount) FILTER (WHERE is_live) AS done_amount,
    COUNT(*) FILTER (WHERE is_due_this_year) AS year_cnt,
    COUNT(*) FILTER (WHERE is_due_this_year AND is_on_time) AS year_on_time_cnt
  FROM milestone
  GROUP BY customer_id, contract_id, owed_by, rate_to_base
),

-- A contract that is ahead makes up for none that is behind.
progress AS (
  SELECT
    customer_id,
    SUM(due_cnt) FILTER (WHERE owed_by = 'customer') AS due_cnt,
    SUM(planned_amount * rate_to_base) FILTER (WHERE owed_by = 'customer') AS planned_base,
    SUM(GREATEST(planned_amount - done_amount, 0) * rate_to_base) FILTER (WHERE owed_by = 'customer')
      AS short_base,
    COUNT(*) FILTER (WHERE owed_by = 'customer' AND planned_amount > 0) AS planned_cnt,
    COUNT(*) FILTER (WHERE owed_by = 'customer' AND planned_amount > 0 AND rate_to_base IS NULL)
      AS no_fx_cnt,
    SUM(planned_amount * rate_to_base) FILTER (WHERE owed_by = 'us') AS our_planned_base,
    SUM(GREATEST(planned_amount - done_amount, 0) * rate_to_base) FILTER (WHERE owed_by = 'us')
      AS our_short_base,
    COUNT(*) FILTER (WHERE owed_by = 'us' AND planned_amount > 0 AND rate_to_base IS NULL)
      AS our_no_fx_cnt,
    SUM(year_cnt) FILTER (WHERE owed_by = 'customer') AS year_cnt,
    SUM(year_on_time_cnt) FILTER (WHERE owed_by = 'customer') AS year_on_time_cnt
  FROM plan
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id
),

breach AS (
  SELECT
    breach.breach_id,
    breach.customer_id,
    breach.breach_date,
    COALESCE(breach.breached_by, 'unknown') AS breached_by,
    breach.cured_on IS NOT NULL AND breach.cured_on <= CAST(:as_of AS DATE) AS is_cured,
    breach.amount,
    currency.rate_to_base,
    contract.contract_id
  FROM current.contract_breach AS breach
  CROSS JOIN night
  LEFT JOIN event.currency ON currency.currency = breach.currency
  LEFT JOIN contract
    ON contract.contract_id = breach.contract_id
      AND contract.customer_id = breach.customer_id
      AND contract.is_in_force
  WHERE NOT breach.is_deleted
    AND breach.breach_date <= CAST(:as_of AS DATE)
    AND breach.breach_date > night.months_24_start
),

broken AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE breached_by = 'customer') AS breach_cnt,
    SUM(amount * rate_to_base) FILTER (WHERE breached_by = 'customer') AS breach_base,
    COUNT(*) FILTER (WHERE breached_by = 'customer' AND amount > 0 AND rate_to_base IS NULL)
      AS no_fx_cnt,
    COUNT(DISTINCT CASE WHEN breached_by = 'customer' THEN contract_id END) AS broken_cnt,
    COUNT(*) FILTER (WHERE breached_by = 'customer' AND NOT is_cured) AS open_cnt,
    MAX(CASE WHEN breached_by = 'customer' THEN breach_date END) AS last_date,
    COUNT(*) FILTER (WHERE breached_by IN ('us', 'carrier')) AS our_cnt,
    COUNT(*) FILTER (WHERE breached_by = 'unknown') AS unknown_cnt
  FROM breach
  GROUP BY customer_id
),

-- What a cancelled order was to bring nobody waits for.
given_up AS (
  SELECT order_id FROM current.sales_order WHERE is_deleted OR status = 'cancelled'
),

consignment AS (
  SELECT
    delivery.delivery_id,
    delivery.customer_id,
    delivery.promised_date,
    COALESCE(delivery.late_by, 'unknown') AS late_by,
    delivery.actual_date <= CAST(:as_of AS DATE) AS has_come,
    delivery.promised_date > night.days_90_start
      OR delivery.actual_date IS NULL
      OR delivery.actual_date > CAST(:as_of AS DATE) AS is_recent,
    delivery.quantity_ordered,
    delivery.quantity_delivered,
    EXTRACT(DAY FROM (
      CAST(LEAST(COALESCE(delivery.actual_date, CAST(:as_of AS DATE)), CAST(:as_of AS DATE)) AS TIMESTAMP)
      - CAST(delivery.promised_date AS TIMESTAMP)
    )) AS days_late
  FROM current.delivery
  CROSS JOIN night
  LEFT JOIN given_up
    ON given_up.order_id = CASE
      WHEN delivery.actual_date IS NULL OR delivery.actual_date > CAST(:as_of AS DATE)
        THEN delivery.order_id
    END
  WHERE NOT delivery.is_deleted AND given_up.order_id IS NULL
    AND delivery.promised_date <= CAST(:as_of AS DATE)
    AND delivery.promised_date > night.year_start
),

delivered AS (
  SELECT
    customer_id,
    COUNT(*) AS delivery_cnt,
    COUNT(*) FILTER (WHERE days_late <= 0) AS on_time_cnt,
    COUNT(*) FILTER (WHERE days_late > 0 AND late_by = 'customer') AS late_cnt,
    MAX(days_late) FILTER (WHERE days_late > 0 AND late_by = 'customer') AS late_max,
    SUM(days_late) FILTER (WHERE days_late > 0 AND late_by = 'customer') AS late_days,
    MAX(promised_date) FILTER (WHERE days_late > 0 AND late_by = 'customer') AS late_date,
    COUNT(*) FILTER (WHERE days_late > 0 AND late_by IN ('us', 'carrier')) AS our_late_cnt,
    MAX(days_late) FILTER (WHERE days_late > 0 AND late_by IN ('us', 'carrier')) AS our_late_max,
    COUNT(*) FILTER (WHERE days_late > 0 AND late_by = 'unknown') AS unknown_late_cnt,
    MAX(days_late) FILTER (WHERE days_late > 0 AND late_by = 'unknown') AS unknown_late_max,
    COUNT(*) FILTER (WHERE has_come AND quantity_ordered > 0 AND quantity_delivered IS NOT NULL)
      AS measured_cnt,
    COUNT(*) FILTER (WHERE has_come AND quantity_ordered > 0 AND quantity_delivered >= quantity_ordered)
      AS full_cnt
  FROM consignment
  GROUP BY customer_id
),

-- Which delivery it was: for whoever has to ring the customer up.
delay AS (
  SELECT
    customer_id,
    delivery_id,
    days_late,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY days_late DESC, delivery_id) AS place
  FROM consignment
  WHERE days_late > 0 AND late_by = 'customer' AND is_recent
),

last_breach AS (
  SELECT
    customer_id,
    breach_id,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY breach_date DESC, breach_id) AS place
  FROM breach
  WHERE breached_by = 'customer'
),

returned AS (
  SELECT
    sales_return.customer_id,
    COUNT(*) AS return_cnt,
    COUNT(*) FILTER (WHERE sales_return.caused_by = 'customer') AS customer_cnt,
    SUM(sales_return.amount * currency.rate_to_base)
      FILTER (WHERE sales_return.caused_by = 'customer') AS customer_base,
    COUNT(*) FILTER (
      WHERE sales_return.caused_by = 'customer'
        AND sales_return.amount > 0
        AND currency.rate_to_base IS NULL
    ) AS no_fx_cnt,
    COUNT(*) FILTER (WHERE sales_return.caused_by IN ('customer', 'us', 'carrier')) AS cause_cnt
  FROM current.sales_return
  CROSS JOIN night
  LEFT JOIN event.currency ON currency.currency = sales_return.currency
  WHERE NOT sales_return.is_deleted
    AND sales_return.return_date <= CAST(:as_of AS DATE)
    AND sales_return.return_date > night.year_start
  GROUP BY sales_return.customer_id
)

SELECT
  customer.customer_id,
  CASE WHEN fed.has_contracts THEN COALESCE(signing.live_cnt, 0) END AS contract_live_cnt,
  CASE WHEN fed.has_contracts AND COALESCE(signing.live_no_fx_cnt, 0) = 0
    THEN ROUND(COALESCE(signing.live_base, 0), 2)
  END AS contract_live_amount,
  CASE WHEN fed.has_contracts THEN COALESCE(signing.offered_cnt, 0) END AS contract_offered_cnt,
  CASE WHEN fed.has_contracts THEN COALESCE(signing.pending_cnt, 0) END AS contract_pending_cnt,
  CAST(CAST(signing.signed_cnt / NULLIF(CAST(signing.offered_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS contract_signed_rate,
  CASE
    WHEN NOT fed.has_contracts THEN 'no_contract_feed'
    WHEN COALESCE(signing.offered_cnt, 0) = 0 THEN 'no_contracts'
  END AS contract_signed_rate_reason,
  CASE WHEN fed.has_contracts THEN COALESCE(signing.sign_cnt, 0) END AS contract_sign_cnt,
  CAST(CAST(signing.sign_days / NULLIF(CAST(signing.sign_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS contract_sign_days_mean,
  CASE WHEN COALESCE(progress.no_fx_cnt, 0) = 0 AND fed.has_milestones
    THEN ROUND(COALESCE(progress.planned_base, 0), 2)
  END AS contract_planned_amount,
  CASE WHEN progress.no_fx_cnt = 0
    THEN CAST(CAST(progress.short_base / NULLIF(progress.planned_base, 0) AS DECIMAL(18, 10))
      AS DECIMAL(18, 6))
  END AS contract_progress_gap,
  CASE
    WHEN NOT fed.has_milestones THEN 'no_milestone_feed'
    WHEN COALESCE(progress.due_cnt, 0) = 0 THEN 'none_planned'
    WHEN progress.planned_cnt = 0 THEN 'no_amounts'
    WHEN progress.no_fx_cnt > 0 THEN 'no_fx'
  END AS contract_progress_gap_reason,
  CASE WHEN progress.our_no_fx_cnt = 0
    THEN CAST(CAST(progress.our_short_base / NULLIF(progress.our_planned_base, 0)
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS contract_progress_gap_ours,
  CASE WHEN fed.has_milestones THEN COALESCE(progress.year_cnt, 0) END AS milestone_due_cnt,
  CAST(CAST(progress.year_on_time_cnt / NULLIF(CAST(progress.year_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS milestone_on_time_share,
  CASE WHEN fed.has_breaches THEN COALESCE(broken.breach_cnt, 0) END AS contract_breach_cnt_24m,
  CASE WHEN NOT fed.has_breaches THEN 'no_breach_feed' END AS contract_breach_cnt_24m_reason,
  CASE WHEN fed.has_breaches AND COALESCE(broken.no_fx_cnt, 0) = 0
    THEN ROUND(COALESCE(broken.breach_base, 0), 2)
  END AS contract_breach_amt_24m,
  CASE
    WHEN NOT fed.has_breaches THEN 'no_breach_feed'
    WHEN broken.no_fx_cnt > 0 THEN 'no_fx'
  END AS contract_breach_amt_24m_reason,
  CASE WHEN fed.has_contracts THEN COALESCE(signing.force_cnt, 0) END AS contract_force_cnt,
  CASE WHEN fed.has_breaches
    THEN CAST(CAST(
      COALESCE(broken.broken_cnt, 0) / NULLIF(CAST(signing.force_cnt AS DECIMAL(18, 2)), 0)
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS contract_breach_rate,
  CASE WHEN fed.has_breaches THEN COALESCE(broken.open_cnt, 0) END AS contract_breach_open_cnt,
  broken.last_date AS contract_breach_last_date,
  last_breach.breach_id AS contract_breach_last_id,
  CASE WHEN fed.has_breaches THEN COALESCE(broken.our_cnt, 0) END AS contract_breach_cnt_ours,
  CASE WHEN fed.has_breaches THEN COALESCE(broken.unknown_cnt, 0) END AS contract_breach_cnt_unknown,
  CASE
    WHEN signing.no_clause_cnt > 0 THEN FALSE
    WHEN signing.live_cnt > 0 AND signing.clause_cnt = signing.live_cnt THEN TRUE
  END AS breach_clause_flag,
  CASE
    WHEN NOT fed.has_contracts THEN 'no_contract_feed'
    WHEN COALESCE(signing.live_cnt, 0) = 0 THEN 'no_live_contract'
    WHEN signing.no_clause_cnt = 0 AND signing.clause_cnt < signing.live_cnt THEN 'clause_unknown'
  END AS breach_clause_flag_reason,
  CASE
    WHEN signing.no_compensation_cnt > 0 THEN FALSE
    WHEN signing.live_cnt > 0 AND signing.compensation_cnt = signing.live_cnt THEN TRUE
  END AS compensation_clause_flag,
  CASE
    WHEN NOT fed.has_contracts THEN 'no_contract_feed'
    WHEN COALESCE(signing.live_cnt, 0) = 0 THEN 'no_live_contract'
    WHEN signing.no_compensation_cnt = 0 AND signing.compensation_cnt < signing.live_cnt
      THEN 'clause_unknown'
  END AS compensation_clause_flag_reason,
  CASE WHEN fed.has_deliveries THEN COALESCE(delivered.delivery_cnt, 0) END AS delivery_cnt_12m,
  CASE WHEN delivered.delivery_cnt > 0 THEN COALESCE(delivered.late_max, 0) END
    AS delivery_delay_days,
  CASE WHEN delivered.delivery_cnt > 0 THEN COALESCE(delay.days_late, 0) END
    AS delivery_delay_days_90d,
  delay.delivery_id AS delivery_delay_id,
  CASE
    WHEN NOT fed.has_deliveries THEN 'no_delivery_feed'
    WHEN delivered.delivery_cnt IS NULL THEN 'no_deliveries'
  END AS delivery_delay_days_reason,
  CAST(CAST(
    COALESCE(delivered.late_days, 0) / NULLIF(CAST(delivered.delivery_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS delivery_delay_days_mean,
  CASE WHEN fed.has_deliveries THEN COALESCE(delivered.late_cnt, 0) END AS delivery_late_cnt,
  delivered.late_date AS delivery_late_date,
  CASE WHEN delivered.delivery_cnt > 0 THEN COALESCE(delivered.our_late_max, 0) END
    AS delivery_delay_days_ours,
  CASE WHEN fed.has_deliveries THEN COALESCE(delivered.our_late_cnt, 0) END AS delivery_late_cnt_ours,
  CASE WHEN delivered.delivery_cnt > 0 THEN COALESCE(delivered.unknown_late_max, 0) END
    AS delivery_delay_days_unknown,
  CASE WHEN fed.has_deliveries THEN COALESCE(delivered.unknown_late_cnt, 0) END
    AS delivery_late_cnt_unknown,
  CASE WHEN fed.has_deliveries THEN COALESCE(delivered.on_time_cnt + delivered.late_cnt, 0) END
    AS delivery_judged_cnt,
  CAST(CAST(
    delivered.on_time_cnt
    / NULLIF(CAST(delivered.on_time_cnt + delivered.late_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS delivery_on_time_share,
  CAST(CAST(
    delivered.on_time_cnt
    / NULLIF(CAST(delivered.on_time_cnt + delivered.our_late_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS delivery_on_time_share_ours,
  CASE WHEN fed.has_deliveries THEN COALESCE(delivered.measured_cnt, 0) END AS delivery_measured_cnt,
  CAST(CAST(
    delivered.full_cnt / NULLIF(CAST(delivered.measured_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS delivery_in_full_share,
  CASE WHEN fed.has_returns THEN COALESCE(returned.return_cnt, 0) END AS return_cnt_12m,
  CASE WHEN fed.has_returns THEN COALESCE(returned.customer_cnt, 0) END AS return_customer_cnt_12m,
  CASE WHEN fed.has_returns AND COALESCE(returned.no_fx_cnt, 0) = 0
    THEN ROUND(COALESCE(returned.customer_base, 0), 2)
  END AS return_customer_amount_12m,
  CASE WHEN fed.has_returns THEN COALESCE(returned.cause_cnt, 0) END AS return_cause_cnt,
  CAST(CAST(
    returned.customer_cnt / NULLIF(CAST(returned.cause_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS return_customer_share
FROM core.customer
CROSS JOIN fed
LEFT JOIN signing ON signing.customer_id = customer.customer_id
LEFT JOIN progress ON progress.customer_id = customer.customer_id
LEFT JOIN broken ON broken.customer_id = customer.customer_id
LEFT JOIN last_breach ON last_breach.customer_id = customer.customer_id AND last_breach.place = 1
LEFT JOIN delivered ON delivered.customer_id = customer.customer_id
LEFT JOIN delay ON delay.customer_id = customer.customer_id AND delay.place = 1
LEFT JOIN returned ON returned.customer_id = customer.customer_id
ORDER BY customer_id
