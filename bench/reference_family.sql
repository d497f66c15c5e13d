-- The yardstick that answers the same questions: the whole payment family of a customer in one query by hand.
--
-- All of `indicator.payment` but bad_debt_ratio, which needs write-offs. It reads invoices, payments, their lines
-- and exchange rates alone: no disputes, credit notes, claims, stated balances or cash on account, and no payment
-- without lines. The policy's numbers are written out. bench/same_answer.py holds every column against the
-- project's for customers who have nothing else; money exactly, ratios to the sixth digit.
--
-- Written for DuckDB and for speed, not for readers. Money is whole cents; in base currency it is a whole number
-- of 1e-10, exact in 64 bits up to 900 million a bill. A date stands with its money in one whole number, the date
-- in its upper bits: lists of such numbers sort, and cost a fraction of a second GROUP BY or of a window. A bill
-- that the last 12 months do not judge and that is not open is dropped before anything is computed of it.

WITH

rate AS (
  SELECT
    from_currency AS currency,
    CAST(CAST(ARG_MAX(rate, rate_date) AS DOUBLE) * 100000000 AS BIGINT) AS rate
  FROM current.fx_rate
  WHERE to_currency = 'CNY' AND NOT is_deleted
    AND rate_date BETWEEN CAST(:as_of AS DATE) - 7 AND CAST(:as_of AS DATE)
  GROUP BY from_currency
  UNION ALL
  SELECT 'CNY', 100000000
),

-- Days from 2000 in the upper bits, less the cents: sorted, the older comes first, and of one day what came in
-- before what went back.
paid AS (
  SELECT
    invoice_id,
    CAST(SUM(cents) AS BIGINT) AS paid,
    MIN(payment_date) AS first_paid,
    MAX(payment_date) AS last_paid,
    CASE WHEN MIN(payment_date) < MAX(payment_date)
      THEN LIST((payment_date - DATE '2000-01-01') * 281474976710656 - cents)
    END AS parts
  FROM (
    SELECT allocation.invoice_id, payment.payment_date, CAST(allocation.amount * 100 AS BIGINT) AS cents
    FROM current.allocation
    JOIN current.payment ON payment.payment_id = allocation.payment_id
    WHERE NOT allocation.is_deleted AND NOT payment.is_deleted AND payment.kind = 'cash'
      AND payment.payment_date <= CAST(:as_of AS DATE)
  )
  GROUP BY invoice_id
),

bill AS (
  SELECT
    customer_id,
    invoice_date,
    due,
    amount,
    rate.rate,
    paid,
    CASE WHEN amount - paid > 1 THEN amount - paid ELSE 0 END AS owed,
    first_paid,
    last_paid,
    LIST_TRANSFORM(LIST_SORT(parts), LAMBDA part: CAST((part + 140737488355328) >> 48 AS DOUBLE)) AS days,
    LIST_TRANSFORM(
      LIST_SORT(parts), LAMBDA part: CAST((((part + 140737488355328) >> 48) << 48) - part AS DOUBLE)
    ) AS cents
  FROM (
    SELECT
      invoice.customer_id,
      invoice.invoice_date,
      COALESCE(invoice.due_date, invoice.invoice_date + invoice.terms_days) AS due,
      invoice.currency,
      CAST(invoice.amount * 100 AS BIGINT) AS amount,
      COALESCE(paid.paid, 0) AS paid,
      paid.first_paid,
      paid.last_paid,
      paid.parts
    FROM current.invoice
    LEFT JOIN paid ON paid.invoice_id = invoice.invoice_id
    WHERE NOT invoice.is_deleted AND invoice.invoice_date <= CAST(:as_of AS DATE)
  )
  LEFT JOIN rate USING (currency)
  WHERE due > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) OR amount - paid > 1
    OR last_paid > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE)
),

-- Only where a part went back, or too much came, or a cent: what had come to stay by each part.
kept AS (
  SELECT
    bill.*,
    CASE WHEN cents IS NOT NULL AND (LIST_MIN(cents) <= 1 OR paid > amount) THEN
      LIST_TRANSFORM(
        LIST_TRANSFORM(
          RANGE(1, LEN(cents) + 1),
          LAMBDA i: LIST_MIN(LIST_TRANSFORM(RANGE(i, LEN(cents) + 1), LAMBDA j: LIST_SUM(cents[1:j])))
        ),
        LAMBDA k: CASE WHEN k >= amount - 1 THEN CAST(amount AS DOUBLE) ELSE GREATEST(k, 0) END
      )
    END AS stayed
  FROM bill
),

timed AS (
  SELECT
    kept.*,
    CASE
      WHEN owed > 0 THEN NULL
      WHEN stayed IS NOT NULL
        THEN DATE '2000-01-01' + CAST(days[LIST_POSITION(stayed, amount)] AS INTEGER)
      ELSE last_paid
    END AS settled
  FROM kept
),

aged AS (
  SELECT
    timed.*,
    due - DATE '2000-01-01' AS due_day,
    CASE
      WHEN first_paid <= CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE)
        AND last_paid > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE)
        THEN LIST_SUM(LIST_TRANSFORM(days, LAMBDA day, i: CASE
          WHEN day <= CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - DATE '2000-01-01'
            THEN cents[i] ELSE 0
        END))
    END AS before,
    CASE
      WHEN last_paid IS NULL THEN 0
      WHEN stayed IS NOT NULL THEN LIST_SUM(LIST_TRANSFORM(stayed, LAMBDA sum, i:
        (sum - CASE WHEN i > 1 THEN stayed[i - 1] ELSE 0 END) * (days[i] - (due - DATE '2000-01-01'))))
      WHEN cents IS NOT NULL
        THEN LIST_DOT_PRODUCT(cents, days) - CAST(paid AS DOUBLE) * (due - DATE '2000-01-01')
          + CASE WHEN owed = 0 THEN (amount - paid) * (last_paid - due) ELSE 0 END
      ELSE CAST(CASE WHEN owed > 0 THEN GREATEST(paid, 0) ELSE amount END AS DOUBLE) * (last_paid - due)
    END AS signed_days,
    COALESCE(settled, CAST(:as_of AS DATE)) - due AS late,
    CAST(:as_of AS DATE) - due AS past_due,
    amount > 1 AND (
      (due > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) AND due <= CAST(:as_of AS DATE))
      OR settled > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE)
      OR (settled IS NULL AND due < CAST(:as_of AS DATE))
    ) AS is_judged
  FROM timed
),

weighed AS (
  SELECT
    customer_id,
    due,
    rate,
    CASE WHEN is_judged THEN late END AS late,
    past_due,
    settled,
    CASE WHEN is_judged THEN amount * rate END AS judged,
    CASE WHEN is_judged THEN CAST(amount * rate AS DOUBLE) END AS weight,
    CASE WHEN owed > 0 THEN owed * rate END AS open,
    CASE
      WHEN invoice_date > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) THEN NULL
      WHEN first_paid IS NULL OR first_paid > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE)
        THEN CASE WHEN amount > 1 THEN amount * rate END
      WHEN before IS NULL THEN CASE WHEN owed > 0 THEN owed * rate END
      WHEN amount - before > 1 THEN CAST(amount - before AS BIGINT) * rate
    END AS opening,
    due > CAST(CAST(:as_of AS DATE) - INTERVAL 3 MONTH AS DATE)
      OR settled > CAST(CAST(:as_of AS DATE) - INTERVAL 3 MONTH AS DATE)
      AS is_recent,
    COALESCE(settled, CAST(:as_of AS DATE)) - invoice_date AS to_pay,
    CASE WHEN is_judged THEN CAST(rate AS DOUBLE) * (
      CAST(LEAST(owed, amount) AS DOUBLE) * GREATEST(past_due, 0) + CASE
        WHEN stayed IS NOT NULL THEN LIST_SUM(LIST_TRANSFORM(stayed, LAMBDA sum, i:
          (sum - CASE WHEN i > 1 THEN stayed[i - 1] ELSE 0 END) * GREATEST(days[i] - due_day, 0)))
        WHEN last_paid <= due OR last_paid IS NULL THEN 0
        WHEN cents IS NULL OR first_paid >= due THEN signed_days
        ELSE LIST_SUM(LIST_TRANSFORM(days, LAMBDA day, i: cents[i] * GREATEST(day - due_day, 0)))
          + CASE WHEN owed = 0 THEN (amount - paid) * (last_paid - due) ELSE 0 END
      END)
    END AS late_weight,
    CASE WHEN is_judged
      THEN CAST(rate AS DOUBLE) * (CAST(LEAST(owed, amount) AS DOUBLE) * past_due + signed_days)
    END AS signed_weight,
    CASE WHEN owed > 0 THEN STRUCT_PACK(
      month := (YEAR(invoice_date) - 2000) * 12 + MONTH(invoice_date) - 1,
      open_days := CAST(owed * rate AS DOUBLE) * (CAST(:as_of AS DATE) - invoice_date)
    ) END AS open_item
  FROM aged
),

book AS (
  SELECT
    customer_id,
    COUNT(late) AS judged_cnt,
    SUM(judged) AS judged,
    CAST(SUM(judged) AS DOUBLE) AS weight,
    COUNT(*) FILTER (WHERE late <= 0) AS on_time_cnt,
    SUM(CASE WHEN late <= 0 THEN weight END) AS on_time_weight,
    COUNT(*) FILTER (WHERE late < 0) AS early_cnt,
    SUM(CASE WHEN late < 0 THEN weight END) AS early_weight,
    MAX(late) AS days_overdue_max,
    LIST_SORT(LIST(CAST(late AS SMALLINT)) FILTER (WHERE late IS NOT NULL)) AS lates,
    SUM(GREATEST(late, 0)) AS late_days,
    SUM(late_weight) AS late_weight,
    SUM(signed_weight) AS signed_weight,
    SUM(CASE WHEN is_recent THEN late_weight END) AS recent_late_weight,
    SUM(CASE WHEN is_recent THEN weight END) AS recent_weight,
    SUM(weight * to_pay) FILTER (WHERE settled IS NOT NULL) AS pay_weight,
    SUM(CASE WHEN settled IS NOT NULL THEN weight END) AS settled_weight,
    SUM(weight * CASE
      WHEN late <= -30 THEN 100
      WHEN late <= -20 THEN 70 - late
      WHEN late <= 0 THEN 80 - late / 2
      WHEN late <= 15 THEN 80 - late * 2 / 3
      WHEN late <= 22 THEN 70 - (late - 15) * 10 / 7
      WHEN late <= 30 THEN 60 - (late - 22) * 5 / 4
      WHEN late <= 120 THEN 50 - (late - 30) / 3
      ELSE 20
    END) AS paydex_weight,
    COALESCE(SUM(open), 0) AS open,
    COALESCE(SUM(CASE WHEN past_due <= 0 THEN open END), 0) AS current,
    COALESCE(SUM(CASE WHEN past_due > 0 THEN open END), 0) AS overdue,
    SUM(CAST(open AS DOUBLE) * CASE
      WHEN past_due > 90 THEN 105
      WHEN past_due > 60 THEN 75
      WHEN past_due > 30 THEN 45
      WHEN past_due > 0 THEN 15
      ELSE 0
    END) FILTER (WHERE due IS NOT NULL) AS bucket_days,
    SUM(CASE WHEN due IS NOT NULL THEN open END) AS dated_open,
    COALESCE(SUM(opening), 0) AS opening,
    LIST(open_item) FILTER (WHERE open IS NOT NULL) AS open_items
  FROM weighed
  GROUP BY customer_id
),

-- Every bill as its month from 2000 and its worth to the 7th digit; a month is found again by its upper bits.
sold AS (
  SELECT
    invoice.customer_id,
    MIN(invoice_date) AS first_sale,
    COUNT(*) FILTER (WHERE rate IS NULL) AS no_fx_item_cnt,
    SUM(base) FILTER (WHERE invoice_date > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE)) AS sales,
    SUM(base) AS all_sales,
    LIST(((YEAR(invoice_date) - 2000) * 12 + MONTH(invoice_date) - 1) * 9007199254740992 + base // 1000)
      FILTER (WHERE base IS NOT NULL) AS sales_list
  FROM (
    SELECT customer_id, invoice_date, rate.rate, CAST(amount * 100 AS BIGINT) * rate.rate AS base
    FROM current.invoice
    LEFT JOIN rate USING (currency)
    WHERE NOT is_deleted AND invoice_date <= CAST(:as_of AS DATE)
  ) AS invoice
  GROUP BY customer_id
),

cash AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE is_paid AND is_in_window) AS payment_cnt,
    SUM(base) FILTER (WHERE is_in_window) AS payment_base,
    SUM(base) FILTER (WHERE is_in_window AND is_recent) AS recent_base,
    MAX(payment_date) FILTER (WHERE is_paid) AS last_payment,
    LIST_SORT(
      LIST(CAST(payment_date - DATE '2000-01-01' AS DOUBLE)) FILTER (WHERE is_paid AND is_in_window)
    ) AS paying_days
  FROM (
    SELECT
      customer_id,
      payment_date,
      CAST(amount * 100 AS BIGINT) * rate.rate AS base,
      COALESCE(CAST(amount * 100 AS BIGINT) * rate.rate, 1) > 0 AS is_paid,
      payment_date > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) AS is_in_window,
      payment_date > CAST(CAST(:as_of AS DATE) - INTERVAL 6 MONTH AS DATE) AS is_recent
    FROM current.payment
    LEFT JOIN rate USING (currency)
    WHERE NOT is_deleted AND kind = 'cash' AND payment_date <= CAST(:as_of AS DATE)
  )
  GROUP BY customer_id
),

per_customer AS (
  SELECT
    sold.*,
    book.* EXCLUDE (customer_id, open, current, overdue, opening),
    cash.* EXCLUDE (customer_id, payment_base),
    COALESCE(cash.payment_base, 0) AS payment_base,
    COALESCE(book.open, 0) AS open,
    COALESCE(book.current, 0) AS current,
    COALESCE(book.overdue, 0) AS overdue,
    COALESCE(book.opening, 0) AS opening,
    CAST(:as_of AS DATE)
      - GREATEST(CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE), first_sale - 1) AS window_days,
    GREATEST(LEAST(
      12,
      12 * (YEAR(CAST(:as_of AS DATE)) - YEAR(first_sale)) + MONTH(CAST(:as_of AS DATE)) - MONTH(first_sale)
      + CASE WHEN DAY(CAST(:as_of AS DATE)) >= DAY(first_sale) THEN 1 ELSE 0 END
    ), 1) AS window_months,
    CASE WHEN sold.sales > 0 THEN sold.sales END AS credit_sales,
    LEN(sales_list) AS sale_cnt,
    LIST_SORT(CASE
      WHEN book.open <= sold.sales THEN LIST_FILTER(sales_list, LAMBDA sale:
        sale >> 53 >= (YEAR(CAST(:as_of AS DATE)) - 2001) * 12 + MONTH(CAST(:as_of AS DATE)) - 1)
      WHEN book.open > 0 THEN sales_list
    END, 'DESC') AS newest_sales
  FROM sold
  LEFT JOIN book ON book.customer_id = sold.customer_id
  LEFT JOIN cash ON cash.customer_id = sold.customer_id
),

-- Newest month first until the receivables are used up: what is left of them, or the month that took the last,
-- negative. The 7th digit of a bill may be lost in rounding.
run_off AS (
  SELECT
    per_customer.*,
    CASE WHEN open > 0 THEN LIST_REDUCE(
      newest_sales,
      LAMBDA rest, sale: CASE
        WHEN rest < 0 THEN rest
        WHEN rest - (sale & 9007199254740991) > sale_cnt THEN rest - (sale & 9007199254740991)
        ELSE -(sale >> 53)
      END,
      CAST(open // 1000 AS BIGINT)
    ) END AS rest
  FROM per_customer
),

counted AS (
  SELECT
    run_off.*,
    CASE WHEN rest < 0 THEN MAKE_DATE(2000 + (-rest) // 12, (-rest) % 12 + 1, 1) END AS month_start,
    CASE WHEN rest < 0 THEN COALESCE(LIST_SUM(LIST_TRANSFORM(
      LIST_FILTER(newest_sales, LAMBDA sale: sale >> 53 > -rest), LAMBDA sale: sale & 9007199254740991
    )), 0) END AS newer,
    CASE WHEN rest < 0 THEN LIST_SUM(LIST_TRANSFORM(
      LIST_FILTER(newest_sales, LAMBDA sale: sale >> 53 = -rest), LAMBDA sale: sale & 9007199254740991
    )) END AS month_sales,
    LIST_SUM(LIST_TRANSFORM(
      LIST_DISTINCT(LIST_TRANSFORM(open_items, LAMBDA item: item.month)),
      LAMBDA month: LIST_SUM(LIST_TRANSFORM(
        open_items, LAMBDA item: CASE WHEN item.month = month THEN item.open_days ELSE 0 END
      )) / LIST_SUM(LIST_TRANSFORM(
        LIST_FILTER(sales_list, LAMBDA sale: sale >> 53 = month), LAMBDA sale: sale & 9007199254740991
      ))
    )) / 1000 AS true_dso,
    POW(LIST_DISTANCE(paying_days[2:], paying_days[:-2]), 2) AS gap_square_sum,
    LEN(LIST_FILTER(paying_days, LAMBDA day, i: i > 1 AND day > paying_days[i - 1])) AS gap_cnt,
    LIST_EXTRACT(paying_days, -1) - LIST_EXTRACT(paying_days, 1) AS gap_sum,
    (CAST(lates[(judged_cnt + 1) // 2] AS INTEGER) + lates[judged_cnt // 2 + 1]) / 2 AS median,
    CAST(9 * (judged_cnt - 1) // 10 AS BIGINT) AS p90_place,
    (9 * (judged_cnt - 1) % 10) / 10 AS p90_rest
  FROM run_off
)

SELECT
  customer_id,
  'CNY' AS base_currency,
  COALESCE(judged_cnt, 0) AS judged_cnt,
  CAST((COALESCE(judged, 0) + 50000000) // 100000000 AS DECIMAL(28, 0))
    * CAST(0.01 AS DECIMAL(3, 2)) AS judged_amount,
  ROUND(on_time_cnt / NULLIF(judged_cnt, 0), 6) AS on_time_share_cnt,
  ROUND(CASE WHEN weight > 0 THEN COALESCE(on_time_weight, 0) / weight END, 6) AS on_time_share_amt,
  ROUND(early_cnt / NULLIF(judged_cnt, 0), 6) AS early_share_cnt,
  ROUND(CASE WHEN weight > 0 THEN COALESCE(early_weight, 0) / weight END, 6) AS early_share_amt,
  ROUND((on_time_cnt - early_cnt) / NULLIF(judged_cnt, 0), 6) AS exact_on_time_share_cnt,
  ROUND(CASE WHEN weight > 0 THEN (COALESCE(on_time_weight, 0) - COALESCE(early_weight, 0)) / weight END, 6)
    AS exact_on_time_share_amt,
  days_overdue_max,
  ROUND(late_days / NULLIF(judged_cnt, 0), 6) AS days_overdue_mean,
  ROUND(late_weight / weight, 6) AS days_overdue_wavg,
  ROUND(signed_weight / weight, 6) AS days_overdue_wavg_signed,
  CASE WHEN judged_cnt > 0 THEN GREATEST(lates[p90_place + 1], 0) * (1 - p90_rest)
    + COALESCE(GREATEST(lates[p90_place + 2], 0), 0) * p90_rest
  END AS days_overdue_p90,
  median AS days_overdue_median,
  ROUND(recent_late_weight / recent_weight, 6) AS days_overdue_wavg_3m,
  ROUND(recent_late_weight / recent_weight, 6) - ROUND(late_weight / weight, 6) AS days_overdue_trend,
  ROUND(pay_weight / settled_weight, 6) AS days_to_pay_wavg,
  ROUND(bucket_days / dated_open, 6) AS dbt_buckets,
  ROUND(paydex_weight / weight, 6) AS paydex_like,
  COALESCE(judged_cnt >= 5 AND early_weight >= 0.799999999999 * weight AND median <= -5, FALSE)
    AS early_payment_flag,
  CAST((open + 50000000) // 100000000 AS DECIMAL(28, 0))
    * CAST(0.01 AS DECIMAL(3, 2)) AS open_amount,
  CAST((overdue + 50000000) // 100000000 AS DECIMAL(28, 0))
    * CAST(0.01 AS DECIMAL(3, 2)) AS overdue_amount,
  CAST((COALESCE(credit_sales, 0) + 50000000) // 100000000 AS DECIMAL(28, 0))
    * CAST(0.01 AS DECIMAL(3, 2)) AS sales_amount,
  window_days,
  ROUND(open / credit_sales * window_days, 6) AS dso,
  ROUND(current / credit_sales * window_days, 6) AS best_possible_dso,
  ROUND((open - current) / credit_sales * window_days, 6) AS average_days_delinquent,
  CASE
    WHEN open = 0 AND no_fx_item_cnt > 0 THEN NULL
    WHEN open = 0 THEN 0
    WHEN rest > 0 THEN 1 + CAST(:as_of AS DATE) - CAST(DATE_TRUNC('month', first_sale) AS DATE)
    ELSE ROUND(
      CAST(:as_of AS DATE) - LEAST(LAST_DAY(month_start), CAST(:as_of AS DATE))
      + (open / 1000 - newer) / month_sales
        * (1 + LEAST(LAST_DAY(month_start), CAST(:as_of AS DATE)) - month_start), 6)
  END AS countback_dso,
  COALESCE(rest > 0, FALSE) AS dso_capped,
  CAST(CASE WHEN rest > 0 THEN (open - COALESCE(all_sales, 0) + 50000000) // 100000000 ELSE 0 END AS DECIMAL(28, 0))
    * CAST(0.01 AS DECIMAL(3, 2)) AS dso_residual_amount,
  CASE WHEN credit_sales IS NOT NULL THEN ROUND(COALESCE(true_dso, 0), 6) END AS true_dso,
  CASE WHEN open = current OR opening * window_months + COALESCE(credit_sales, 0) > current * window_months
    THEN ROUND((opening * window_months + credit_sales - open * window_months)
      / NULLIF(opening * window_months + credit_sales - current * window_months, 0) * 100, 6)
  END AS cei,
  COALESCE(payment_cnt, 0) AS payment_cnt_12m,
  CAST(SIGN(payment_base) * ((ABS(payment_base) + 50000000) // 100000000) AS DECIMAL(28, 0))
    * CAST(0.01 AS DECIMAL(3, 2)) AS payment_amount_12m,
  ROUND(COALESCE(payment_cnt, 0) / window_months, 6) AS payments_per_month,
  CASE WHEN gap_cnt > 0 THEN ROUND(gap_sum / gap_cnt, 6) END AS payment_gap_days_mean,
  CASE WHEN gap_cnt >= 2 THEN ROUND(SQRT(
    GREATEST(ROUND(gap_square_sum) * gap_cnt - gap_sum * gap_sum, 0) / (gap_cnt * (gap_cnt - 1))
  ) * gap_cnt / gap_sum, 6) END AS payment_gap_cv,
  CASE WHEN payment_base - COALESCE(recent_base, 0) > 0
    THEN ROUND(COALESCE(recent_base, 0) / (payment_base - COALESCE(recent_base, 0)) - 1, 6) END AS payment_amount_trend,
  CAST(:as_of AS DATE) - last_payment AS days_since_payment,
  no_fx_item_cnt,
  CASE WHEN judged_cnt > 0 IS NOT TRUE THEN 'none_judged' WHEN no_fx_item_cnt > 0 THEN 'no_fx' END AS null_reason
FROM counted
ORDER BY customer_id
