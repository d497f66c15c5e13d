-- feedback: what does each customer say of us, what do we say of it, and what came back?
--
-- One row for every customer. Complaints by the customer tell how content it is; complaints about it tell how it
-- behaves, and stand apart (Q27). Rates are over the orders of the same 12 months and carry their number and the 95 %
-- interval of Wilson, because 1 of 2 is not 50 of 100. A record type nobody feeds is unknown, never 0.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-40, R0-41, R3-31, R4-01, R4-03..R4-06, R4-23, R4-72, R4-74, R4-98; EW09; Q18, Q19, Q27; C16.
--
-- Columns
--   customer_id               VARCHAR        the customer
--   feedback_order_cnt        BIGINT         orders of 12 months the rates are over; NULL: no_order_feed
--   complaint_count           BIGINT         complaints of 12 months by the customer; NULL: no_case_feed [Q18, R4-04]
--   complaint_rate            DECIMAL(18,6)  complaints per order, may exceed 1; NULL: no orders, no feed [Q18, R4-04]
--   complaint_rate_reason     VARCHAR        no_case_feed, no_order_feed, no_orders_12m; NULL: there is a value
--   complaint_rate_low        DECIMAL(18,6)  lower end of its 95 % interval (Wilson); NULL: as complaint_rate
--   complaint_rate_high       DECIMAL(18,6)  upper end of it; NULL: as complaint_rate
--   complaint_rate_book       DECIMAL(18,6)  complaints per order over the whole book; NULL: no orders, no feed
--   complaint_ours_count      BIGINT         of complaint_count, those that were our doing; NULL: no_case_feed
--   complaint_about_count     BIGINT         complaints of 12 months about the customer; NULL: no_case_feed [Q27]
--   complaint_about_fault     BIGINT         of these, those that were the customer's doing; NULL: no_case_feed [Q27]
--   complaint_about_unknown   BIGINT         of these, those of which nobody says whose doing; NULL: no_case_feed [Q27]
--   refund_order_cnt          BIGINT         orders of 12 months refunded or returned; NULL: no feed
--   refund_rate               DECIMAL(18,6)  fraction of orders refunded or returned; NULL: no orders, no feed [Q19, R4-03]
--   refund_rate_reason        VARCHAR        no_return_feed, no_order_feed, no_orders_12m; NULL: there is a value
--   refund_rate_low           DECIMAL(18,6)  lower end of its 95 % interval (Wilson); NULL: as refund_rate [R4-03]
--   refund_rate_high          DECIMAL(18,6)  upper end of it; NULL: as refund_rate [R4-03]
--   refund_rate_book          DECIMAL(18,6)  the same fraction over the whole book; NULL: no orders, no feed
--   refund_role               VARCHAR        buyer: the side on which the customer stands in these orders [Q19]
--   case_open_cnt             BIGINT         complaints and requests by the customer, open tonight; NULL: no_case_feed [R3-31]
--   case_sla_n                BIGINT         cases of 12 months, and open ones, that have a time to be solved in
--   case_sla_breach           BIGINT         of these, those solved late or still open beyond it; NULL: no_case_feed [R3-31]
--   complaint_closed_n        BIGINT         complaints by the customer closed in 12 months
--   complaint_close_hours     DECIMAL(18,6)  hours from opening to solution, their mean; NULL: none closed [R4-23]
--   response_n                BIGINT         cases of 12 months by the customer that state our first answer
--   response_hours            DECIMAL(18,6)  hours until it, their mean; NULL: none stated [R4-72]
--   resolution_n              BIGINT         cases by the customer closed in 12 months that say whether they were solved
--   resolution_rate           DECIMAL(18,6)  fraction of these that were; NULL: none [R4-72]
--   rating_n                  BIGINT         ratings of 12 months by the customer; NULL: no_feedback_feed [R4-01]
--   rating_avg                DECIMAL(18,6)  1 to 5, 5 best, their mean; NULL: none [R4-01]
--   rating_sd                 DECIMAL(18,6)  their standard deviation; NULL: fewer than two [R4-01]
--   rating_bayes              DECIMAL(18,6)  their mean with the policy's prior ratings; NULL: none [R4-01, C16]
--   rating_date               DATE           the last of them; NULL: none
--   rating_role               VARCHAR        by_customer: who rated in the four above [R4-06]
--   rating_about_n            BIGINT         ratings of 12 months we gave the customer; NULL: no_feedback_feed [R4-06]
--   rating_about_avg          DECIMAL(18,6)  1 to 5, 5 best, their mean; NULL: none [R4-06]
--   rating_about_sd           DECIMAL(18,6)  their standard deviation; NULL: fewer than two [R4-06]
--   rating_about_bayes        DECIMAL(18,6)  their mean with the policy's prior ratings; NULL: none [R4-06]
--   rating_about_date         DATE           the last of them; NULL: none
--   csat_n                    BIGINT         ratings of 12 months by the customer of everything together
--   csat_avg                  DECIMAL(18,6)  1 to 5, 5 best: satisfaction, their mean; NULL: none [R0-40]
--   csat_source               VARCHAR        us, third_party, both: who asked; NULL: none [R4-74]
--   csat_date                 DATE           the last of them; NULL: none
--   nps_n                     BIGINT         answers of 12 months whether it would recommend us
--   nps                       DECIMAL(18,6)  -100 to 100, promoters less detractors in percent; NULL: none [R0-40]
--   nps_date                  DATE           the last of them; NULL: none
--   feedback_n                BIGINT         answers of 12 months by the customer with a rating or a recommendation
--   feedback_neg_rate         DECIMAL(18,6)  fraction of these that were bad: 1 or 2 of 5, else 0 to 6 of 10; NULL: none [R0-40]
--   dispute_cnt               BIGINT         disputes opened in 12 months; NULL: no_dispute_feed [R4-98]
--   dispute_open_cnt          BIGINT         disputes open tonight; NULL: no_dispute_feed
--   dispute_lost_cnt          BIGINT         disputes opened in 12 months and closed in our favour
--   dispute_won_cnt           BIGINT         disputes opened in 12 months and closed in the customer's
--   dispute_days_n            BIGINT         disputes opened in 12 months or open tonight
--   dispute_days              DECIMAL(18,6)  days from opening to end, or to the night, their mean; NULL: none [R4-98]
--   dispute_undated_cnt       BIGINT         flags without a day: information only (Q10)

WITH

night AS (
  SELECT
    quarter_last_year_end AS year_start,
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) AS night_time,
    rating_prior_n,
    rating_prior_mean
  FROM policy.book
),

fed AS (
  SELECT
    (SELECT COUNT(*) FROM core.order_book) > 0 AS has_orders,
    (SELECT COUNT(*) FROM current.service_case) > 0 AS has_cases,
    (SELECT COUNT(*) FROM current.feedback) > 0 AS has_feedback,
    (SELECT COUNT(*) FROM current.dispute) > 0 AS has_disputes,
    (SELECT COUNT(*) FROM current.sales_return) + (SELECT COUNT(*) FROM current.refund) > 0
      AS has_returns
),

-- A return and the refund that pays for it are one; what names no order is an order of its own.
orderless AS (
  SELECT sales_return.customer_id
  FROM current.sales_return
  CROSS JOIN night
  WHERE NOT sales_return.is_deleted
    AND sales_return.order_id IS NULL
    AND sales_return.return_date <= CAST(:as_of AS DATE)
    AND sales_return.return_date > night.year_start
  UNION ALL
  SELECT refund.customer_id
  FROM current.refund
  CROSS JOIN night
  LEFT JOIN current.sales_return
    ON sales_return.return_id = refund.return_id AND NOT sales_return.is_deleted
  WHERE NOT refund.is_deleted
    AND refund.order_id IS NULL
    AND sales_return.return_id IS NULL
    AND refund.refund_date <= CAST(:as_of AS DATE)
    AND refund.refund_date > night.year_start
),

orderless_of AS (
  SELECT customer_id, COUNT(*) AS orderless_cnt
  FROM orderless
  GROUP BY customer_id
),

ordered AS (
  SELECT
    customer_id,
    SUM(order_cnt_q1 + order_cnt_q2 + order_cnt_q3 + order_cnt_q4) AS order_cnt,
    SUM(sent_back_cnt_12m) AS sent_back_cnt
  FROM core.order_book
  GROUP BY customer_id
),

-- Hours are stated, else whole days of the two dates; an open case runs to the night.
filed AS (
  SELECT
    service_case.customer_id,
    service_case.direction,
    service_case.kind,
    service_case.at_fault,
    service_case.is_solved,
    service_case.first_response_hours,
    service_case.sla_hours,
    service_case.opened_on > night.year_start AS is_opened_recently,
    COALESCE(service_case.closed_on <= CAST(:as_of AS DATE), FALSE) AS is_closed,
    COALESCE(
      service_case.closed_on <= CAST(:as_of AS DATE) AND service_case.closed_on > night.year_start,
      FALSE
    ) AS is_closed_recently,
    CASE
      WHEN service_case.closed_on <= CAST(:as_of AS DATE) AND service_case.close_hours IS NOT NULL
        THEN service_case.close_hours
      ELSE 24 * EXTRACT(DAY FROM (
        CAST(LEAST(COALESCE(service_case.closed_on, CAST(:as_of AS DATE)), CAST(:as_of AS DATE)) AS TIMESTAMP)
        - CAST(service_case.opened_on AS TIMESTAMP)
      ))
    END AS hours
  FROM current.service_case
  CROSS JOIN night
  WHERE NOT service_case.is_deleted AND service_case.opened_on <= CAST(:as_of AS DATE)
),

told AS (
  SELECT
    filed.*,
    COALESCE(direction, 'by_customer') = 'by_customer' AS is_by_customer,
    COALESCE(kind, 'complaint') = 'complaint' AS is_complaint,
    COALESCE(at_fault, 'unknown') AS fault
  FROM filed
),

cased AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE is_by_customer AND is_complaint AND is_opened_recently) AS complaint_cnt,
    COUNT(*) FILTER (WHERE is_by_customer AND is_complaint AND is_opened_recently AND fault = 'us')
      AS ours_cnt,
    COUNT(*) FILTER (WHERE NOT is_by_customer AND is_complaint AND is_opened_recently) AS about_cnt,
    COUNT(*)
      FILTER (WHERE NOT is_by_customer AND is_complaint AND is_opened_recently AND fault = 'customer')
      AS about_fault_cnt,
    COUNT(*)
      FILTER (WHERE NOT is_by_customer AND is_complaint AND is_opened_recently AND fault = 'unknown')
      AS about_unknown_cnt,
    COUNT(*) FILTER (WHERE is_by_customer AND NOT is_closed) AS open_cnt,
    COUNT(sla_hours) FILTER (WHERE is_by_customer AND (is_opened_recently OR NOT is_closed)) AS sla_n,
    COUNT(*) FILTER (
      WHERE is_by_customer AND (is_opened_recently OR NOT is_closed) AND hours > sla_hours
    ) AS sla_breach_cnt,
    COUNT(*) FILTER (WHERE is_by_customer AND is_complaint AND is_closed_recently) AS closed_n,
    SUM(hours) FILTER (WHERE is_by_customer AND is_complaint AND is_closed_recently) AS close_hours,
    COUNT(first_response_hours) FILTER (WHERE is_by_customer AND is_opened_recently) AS response_n,
    SUM(first_response_hours) FILTER (WHERE is_by_customer AND is_opened_recently) AS response_hours,
    COUNT(is_solved) FILTER (WHERE is_by_customer AND is_closed_recently) AS resolution_n,
    COUNT(*) FILTER (WHERE is_by_customer AND is_closed_recently AND is_solved) AS solved_cnt
  FROM told
  GROUP BY customer_id
),

answer AS (
  SELECT
    feedback.customer_id,
    feedback.given_on,
    COALESCE(feedback.role, 'by_customer') = 'by_customer' AS is_by_customer,
    COALESCE(feedback.aspect, 'overall') = 'overall' AS is_overall,
    COALESCE(feedback.surveyed_by, 'us') AS surveyed_by,
    feedback.rating,
    feedback.nps,
    CASE WHEN feedback.rating IS NOT NULL THEN feedback.rating <= 2 ELSE feedback.nps <= 6 END
      AS is_bad
  FROM current.feedback
  CROSS JOIN night
  WHERE NOT feedback.is_deleted
    AND feedback.given_on <= CAST(:as_of AS DATE)
    AND feedback.given_on > night.year_start
),

rated AS (
  SELECT
    customer_id,
    COUNT(rating) FILTER (WHERE is_by_customer) AS rating_n,
    CAST(SUM(rating) FILTER (WHERE is_by_customer) AS DECIMAL(18, 6)) AS rating_sum,
    CAST(SUM(rating * rating) FILTER (WHERE is_by_customer) AS DECIMAL(28, 12)) AS rating_squares,
    MAX(CASE WHEN is_by_customer AND rating IS NOT NULL THEN given_on END) AS rating_date,
    COUNT(rating) FILTER (WHERE NOT is_by_customer) AS about_n,
    CAST(SUM(rating) FILTER (WHERE NOT is_by_customer) AS DECIMAL(18, 6)) AS about_sum,
    CAST(SUM(rating * rating) FILTER (WHERE NOT is_by_customer) AS DECIMAL(28, 12)) AS about_squares,
    MAX(CASE WHEN NOT is_by_customer AND rating IS NOT NULL THEN given_on END) AS about_date,
    COUNT(rating) FILTER (WHERE is_by_customer AND is_overall) AS csat_n,
    SUM(rating) FILTER (WHERE is_by_customer AND is_overall) AS csat_sum,
    MAX(CASE WHEN is_by_customer AND is_overall AND rating IS NOT NULL THEN given_on END) AS csat_date,
    COUNT(rating) FILTER (WHERE is_by_customer AND is_overall AND surveyed_by = 'third_party')
      AS third_party_n,
    COUNT(nps) FILTER (WHERE is_by_customer) AS nps_n,
    COUNT(*) FILTER (WHERE is_by_customer AND nps >= 9) AS promoter_cnt,
    COUNT(*) FILTER (WHERE is_by_customer AND nps <= 6) AS detractor_cnt,
    MAX(CASE WHEN is_by_customer AND nps IS NOT NULL THEN given_on END) AS nps_date,
    COUNT(is_bad) FILTER (WHERE is_by_customer) AS answer_n,
    COUNT(*) FILTER (WHERE is_by_customer AND is_bad) AS bad_cnt
  FROM answer
  GROUP BY customer_id
),

-- Whose it is, is stated or the invoice's.
contested AS (
  SELECT customer_id, opened_date, closed_date, outcome
  FROM current.dispute
  WHERE NOT is_deleted AND customer_id IS NOT NULL
  UNION ALL
  SELECT invoice.customer_id, dispute.opened_date, dispute.closed_date, dispute.outcome
  FROM current.dispute
  JOIN current.invoice ON invoice.invoice_id = dispute.invoice_id
  WHERE NOT dispute.is_deleted AND dispute.customer_id IS NULL AND NOT invoice.is_deleted
),

dispute_tonight AS (
  SELECT
    contested.customer_id,
    contested.opened_date,
    contested.outcome,
    contested.opened_date > night.year_start AS is_recent,
    contested.closed_date IS NULL OR contested.closed_date > CAST(:as_of AS DATE) AS is_open,
    CASE
      -- Closed before it was opened: a slip of the pen, and no time at all.
      WHEN contested.closed_date < contested.opened_date THEN 0
      ELSE EXTRACT(DAY FROM (
        CAST(LEAST(COALESCE(contested.closed_date, CAST(:as_of AS DATE)), CAST(:as_of AS DATE)) AS TIMESTAMP)
        - CAST(contested.opened_date AS TIMESTAMP)
      ))
    END AS days_open
  FROM contested
  CROSS JOIN night
  WHERE contested.opened_date IS NULL OR contested.opened_date <= CAST(:as_of AS DATE)
),

disputed AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE is_recent) AS dispute_cnt,
    COUNT(*) FILTER (WHERE is_open AND opened_date IS NOT NULL) AS open_cnt,
    COUNT(*) FILTER (WHERE is_recent AND NOT is_open AND outcome = 'us') AS lost_cnt,
    COUNT(*) FILTER (WHERE is_recent AND NOT is_open AND outcome = 'customer') AS won_cnt,
    COUNT(days_open) FILTER (WHERE is_recent OR is_open) AS days_n,
    SUM(days_open) FILTER (WHERE is_recent OR is_open) AS days_open,
    COUNT(*) FILTER (WHERE opened_date IS NULL) AS undated_cnt
  FROM dispute_tonight
  GROUP BY customer_id
),

-- Everybody; an order cannot be returned twice, and a hundred complaints about one order are one in the interval.
counted AS (
  SELECT
    customer.customer_id,
    COALESCE(ordered.order_cnt, 0) AS order_cnt,
    COALESCE(cased.complaint_cnt, 0) AS complaint_cnt,
    LEAST(COALESCE(cased.complaint_cnt, 0), COALESCE(ordered.order_cnt, 0)) AS complained_cnt,
    LEAST(
      COALESCE(ordered.sent_back_cnt, 0) + COALESCE(orderless_of.orderless_cnt, 0),
      COALESCE(ordered.order_cnt, 0)
    ) AS refunded_cnt,
    fed.has_orders,
    fed.has_cases,
    fed.has_feedback,
    fed.has_disputes,
    fed.has_returns
  FROM core.customer
  CROSS JOIN fed
  LEFT JOIN ordered ON ordered.customer_id = customer.customer_id
  LEFT JOIN orderless_of ON orderless_of.customer_id = customer.customer_id
  LEFT JOIN cased ON cased.customer_id = customer.customer_id
),

book AS (
  SELECT
    SUM(order_cnt) AS order_cnt,
    SUM(complaint_cnt) AS complaint_cnt,
    SUM(refunded_cnt) AS refunded_cnt
  FROM counted
),

-- Wilson: (2k + z² ± z √(z² + 4 k (n - k) / n)) / 2 (n + z²), z of 95 %.
wilson AS (
  SELECT
    customer_id,
    CAST(1.959964 AS DECIMAL(9, 6)) AS z,
    CAST(3.841459 AS DECIMAL(9, 6)) AS z_square,
    CAST(CASE WHEN has_orders AND has_cases AND order_cnt > 0 THEN order_cnt END AS DECIMAL(18, 2))
      AS complaint_n,
    CAST(CASE WHEN has_orders AND has_returns AND order_cnt > 0 THEN order_cnt END AS DECIMAL(18, 2))
      AS refund_n,
    4 * CAST(complained_cnt * CAST(order_cnt - complained_cnt AS DECIMAL(18, 2)) / NULLIF(order_cnt, 0)
      AS DECIMAL(28, 10)) AS complaint_spread,
    4 * CAST(refunded_cnt * CAST(order_cnt - refunded_cnt AS DECIMAL(18, 2)) / NULLIF(order_cnt, 0)
      AS DECIMAL(28, 10)) AS refund_spread
  FROM counted
)

SELECT
  counted.customer_id,
  CASE WHEN counted.has_orders THEN counted.order_cnt END AS feedback_order_cnt,
  CASE WHEN counted.has_cases THEN counted.complaint_cnt END AS complaint_count,
  CAST(CAST(counted.complaint_cnt / wilson.complaint_n AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS complaint_rate,
  CASE
    WHEN NOT counted.has_cases THEN 'no_case_feed'
    WHEN NOT counted.has_orders THEN 'no_order_feed'
    WHEN counted.order_cnt = 0 THEN 'no_orders_12m'
  END AS complaint_rate_reason,
  CAST(CAST(
    (2 * counted.complained_cnt + wilson.z_square
      - wilson.z * SQRT(wilson.z_square + wilson.complaint_spread))
    / (2 * (wilson.complaint_n + wilson.z_square)) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS complaint_rate_low,
  CAST(CAST(
    (2 * counted.complained_cnt + wilson.z_square
      + wilson.z * SQRT(wilson.z_square + wilson.complaint_spread))
    / (2 * (wilson.complaint_n + wilson.z_square)) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS complaint_rate_high,
  CASE WHEN counted.has_cases
    THEN CAST(CAST(book.complaint_cnt / NULLIF(CAST(book.order_cnt AS DECIMAL(18, 2)), 0)
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS complaint_rate_book,
  CASE WHEN counted.has_cases THEN COALESCE(cased.ours_cnt, 0) END AS complaint_ours_count,
  CASE WHEN counted.has_cases THEN COALESCE(cased.about_cnt, 0) END AS complaint_about_count,
  CASE WHEN counted.has_cases THEN COALESCE(cased.about_fault_cnt, 0) END AS complaint_about_fault,
  CASE WHEN counted.has_cases THEN COALESCE(cased.about_unknown_cnt, 0) END
    AS complaint_about_unknown,
  CASE WHEN counted.has_orders AND counted.has_returns THEN counted.refunded_cnt END
    AS refund_order_cnt,
  CAST(CAST(counted.refunded_cnt / wilson.refund_n AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS refund_rate,
  CASE
    WHEN NOT counted.has_returns THEN 'no_return_feed'
    WHEN NOT counted.has_orders THEN 'no_order_feed'
    WHEN counted.order_cnt = 0 THEN 'no_orders_12m'
  END AS refund_rate_reason,
  CAST(CAST(
    (2 * counted.refunded_cnt + wilson.z_square
      - wilson.z * SQRT(wilson.z_square + wilson.refund_spread))
    / (2 * (wilson.refund_n + wilson.z_square)) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS refund_rate_low,
  CAST(CAST(
    (2 * counted.refunded_cnt + wilson.z_square
      + wilson.z * SQRT(wilson.z_square + wilson.refund_spread))
    / (2 * (wilson.refund_n + wilson.z_square)) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS refund_rate_high,
  CASE WHEN counted.has_returns
    THEN CAST(CAST(book.refunded_cnt / NULLIF(CAST(book.order_cnt AS DECIMAL(18, 2)), 0)
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS refund_rate_book,
  'buyer' AS refund_role,
  CASE WHEN counted.has_cases THEN COALESCE(cased.open_cnt, 0) END AS case_open_cnt,
  CASE WHEN counted.has_cases THEN COALESCE(cased.sla_n, 0) END AS case_sla_n,
  CASE WHEN counted.has_cases THEN COALESCE(cased.sla_breach_cnt, 0) END AS case_sla_breach,
  CASE WHEN counted.has_cases THEN COALESCE(cased.closed_n, 0) END AS complaint_closed_n,
  CAST(CAST(cased.close_hours / NULLIF(CAST(cased.closed_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS complaint_close_hours,
  CASE WHEN counted.has_cases THEN COALESCE(cased.response_n, 0) END AS response_n,
  CAST(CAST(cased.response_hours / NULLIF(CAST(cased.response_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS response_hours,
  CASE WHEN counted.has_cases THEN COALESCE(cased.resolution_n, 0) END AS resolution_n,
  CAST(CAST(cased.solved_cnt / NULLIF(CAST(cased.resolution_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS resolution_rate,
  CASE WHEN counted.has_feedback THEN COALESCE(rated.rating_n, 0) END AS rating_n,
  CAST(CAST(rated.rating_sum / NULLIF(CAST(rated.rating_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS rating_avg,
  CASE WHEN rated.rating_n >= 2
    THEN CAST(CAST(SQRT(
      (CAST(rated.rating_n AS DECIMAL(9, 0)) * rated.rating_squares - rated.rating_sum * rated.rating_sum)
      / CAST(rated.rating_n * (rated.rating_n - 1) AS DECIMAL(18, 2)))
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS rating_sd,
  CASE WHEN rated.rating_n > 0
    THEN CAST(CAST(
      (night.rating_prior_n * night.rating_prior_mean + rated.rating_sum)
      / CAST(night.rating_prior_n + rated.rating_n AS DECIMAL(18, 2))
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS rating_bayes,
  rated.rating_date,
  'by_customer' AS rating_role,
  CASE WHEN counted.has_feedback THEN COALESCE(rated.about_n, 0) END AS rating_about_n,
  CAST(CAST(rated.about_sum / NULLIF(CAST(rated.about_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS rating_about_avg,
  CASE WHEN rated.about_n >= 2
    THEN CAST(CAST(SQRT(
      (CAST(rated.about_n AS DECIMAL(9, 0)) * rated.about_squares - rated.about_sum * rated.about_sum)
      / CAST(rated.about_n * (rated.about_n - 1) AS DECIMAL(18, 2)))
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS rating_about_sd,
  CASE WHEN rated.about_n > 0
    THEN CAST(CAST(
      (night.rating_prior_n * night.rating_prior_mean + rated.about_sum)
      / CAST(night.rating_prior_n + rated.about_n AS DECIMAL(18, 2))
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS rating_about_bayes,
  rated.about_date AS rating_about_date,
  CASE WHEN counted.has_feedback THEN COALESCE(rated.csat_n, 0) END AS csat_n,
  CAST(CAST(rated.csat_sum / NULLIF(CAST(rated.csat_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS csat_avg,
  CASE
    WHEN rated.csat_n > 0 AND rated.third_party_n = rated.csat_n THEN 'third_party'
    WHEN rated.third_party_n > 0 THEN 'both'
    WHEN rated.csat_n > 0 THEN 'us'
  END AS csat_source,
  rated.csat_date,
  CASE WHEN counted.has_feedback THEN COALESCE(rated.nps_n, 0) END AS nps_n,
  CAST(CAST(
    100 * (rated.promoter_cnt - rated.detractor_cnt)
    / NULLIF(CAST(rated.nps_n AS DECIMAL(18, 2)), 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS nps,
  rated.nps_date,
  CASE WHEN counted.has_feedback THEN COALESCE(rated.answer_n, 0) END AS feedback_n,
  CAST(CAST(rated.bad_cnt / NULLIF(CAST(rated.answer_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS feedback_neg_rate,
  CASE WHEN counted.has_disputes THEN COALESCE(disputed.dispute_cnt, 0) END AS dispute_cnt,
  CASE WHEN counted.has_disputes THEN COALESCE(disputed.open_cnt, 0) END AS dispute_open_cnt,
  CASE WHEN counted.has_disputes THEN COALESCE(disputed.lost_cnt, 0) END AS dispute_lost_cnt,
  CASE WHEN counted.has_disputes THEN COALESCE(disputed.won_cnt, 0) END AS dispute_won_cnt,
  CASE WHEN counted.has_disputes THEN COALESCE(disputed.days_n, 0) END AS dispute_days_n,
  CAST(CAST(disputed.days_open / NULLIF(CAST(disputed.days_n AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS dispute_days,
  CASE WHEN counted.has_disputes THEN COALESCE(disputed.undated_cnt, 0) END AS dispute_undated_cnt
FROM counted
CROSS JOIN night
CROSS JOIN book
JOIN wilson ON wilson.customer_id = counted.customer_id
LEFT JOIN cased ON cased.customer_id = counted.customer_id
LEFT JOIN rated ON rated.customer_id = counted.customer_id
LEFT JOIN disputed ON disputed.customer_id = counted.customer_id
ORDER BY customer_id
