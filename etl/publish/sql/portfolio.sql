-- portfolio: the whole book as one document, for index.html and portfolio.json.
--
-- DuckDB's own SQL, like credit_file.sql, whose table night.credit_file it reads for file names; night.book is
-- made by book.sql.
-- Customers are arrays in the order that `columns` names: a book of thousands stays a small page.

WITH

base AS (
  SELECT MIN(base_currency) AS base_currency FROM mart.customer_credit
),

totals AS (
  SELECT
    COUNT(*) AS customer_cnt,
    COALESCE(SUM(customer_credit.open_amount), 0) AS open_amount,
    COALESCE(SUM(customer_credit.overdue_amount), 0) AS overdue_amount,
    COUNT(*) FILTER (WHERE payment.no_fx_item_cnt > 0) AS no_fx_customers
  FROM mart.customer_credit
  LEFT JOIN indicator.payment ON payment.customer_id = customer_credit.customer_id
),

policies AS (
  SELECT list(struct_pack(
    policy_id := policy_id, policy_version := policy_version, is_active := is_active
  ) ORDER BY is_active DESC, policy_id) AS entries
  FROM policy.rule
),

grades AS (
  SELECT list(struct_pack(
    policy_id := policy_id,
    grade := final_grade,
    customers := customer_cnt,
    open_amount := CAST(open_amount AS VARCHAR),
    overdue_amount := CAST(overdue_amount AS VARCHAR)
  ) ORDER BY is_active DESC, policy_id, final_grade) AS entries
  FROM mart.grade_book
),

unrated AS (
  SELECT policy_id, nr_reason, COUNT(*) AS customer_cnt
  FROM grade.credit_grade
  WHERE final_grade = 'NR'
  GROUP BY policy_id, nr_reason
),

not_rated AS (
  SELECT list(struct_pack(policy_id := policy_id, reason := nr_reason, customers := customer_cnt)
    ORDER BY policy_id, customer_cnt DESC, nr_reason) AS entries
  FROM unrated
),

aging_sum AS (
  SELECT
    currency,
    SUM(current_amount) AS current_amount,
    SUM(overdue_1_30_amount) AS overdue_1_30_amount,
    SUM(overdue_31_60_amount) AS overdue_31_60_amount,
    SUM(overdue_61_90_amount) AS overdue_61_90_amount,
    SUM(overdue_over_90_amount) AS overdue_over_90_amount,
    SUM(no_due_date_amount) AS no_due_date_amount,
    SUM(unapplied_credit_amount) AS unapplied_credit_amount,
    SUM(unapplied_cash_amount) AS unapplied_cash_amount,
    SUM(residue_amount) AS residue_amount,
    SUM(ledger_balance) AS ledger_balance
  FROM indicator.aging
  GROUP BY currency
),

bucket_cnt AS (
  SELECT currency, aging_bucket, COUNT(*) AS item_cnt
  FROM mart.evidence_item
  WHERE open_amount > 0
  GROUP BY currency, aging_bucket
),

bucket AS (
  SELECT
    currency,
    ledger_balance,
    unnest([
      struct_pack(place := 1, bucket := 'current', counted := 'current', amount := current_amount),
      struct_pack(place := 2, bucket := 'overdue_1_30', counted := '1-30', amount := overdue_1_30_amount),
      struct_pack(place := 3, bucket := 'overdue_31_60', counted := '31-60', amount := overdue_31_60_amount),
      struct_pack(place := 4, bucket := 'overdue_61_90', counted := '61-90', amount := overdue_61_90_amount),
      struct_pack(place := 5, bucket := 'overdue_over_90', counted := '90+', amount := overdue_over_90_amount),
      struct_pack(place := 6, bucket := 'no_due_date', counted := 'no_due_date', amount := no_due_date_amount),
      struct_pack(place := 7, bucket := 'unapplied_credit', counted := NULL, amount := unapplied_credit_amount),
      struct_pack(place := 8, bucket := 'unapplied_cash', counted := NULL, amount := unapplied_cash_amount),
      struct_pack(place := 9, bucket := 'residue', counted := NULL, amount := residue_amount)
    ]) AS slot
  FROM aging_sum
),

aging_currency AS (
  SELECT
    bucket.currency,
    bucket.ledger_balance,
    SUM(bucket.slot.amount) AS total_amount,
    list(struct_pack(
      bucket := bucket.slot.bucket,
      amount := CAST(CAST(bucket.slot.amount AS DECIMAL(28, 2)) AS VARCHAR),
      items := CASE WHEN bucket.slot.counted IS NOT NULL THEN COALESCE(bucket_cnt.item_cnt, 0) END
    ) ORDER BY bucket.slot.place)
      FILTER (WHERE bucket.slot.place <= 5 OR bucket.slot.amount <> 0) AS buckets
  FROM bucket
  LEFT JOIN bucket_cnt
    ON bucket_cnt.currency = bucket.currency AND bucket_cnt.aging_bucket = bucket.slot.counted
  GROUP BY bucket.currency, bucket.ledger_balance
),

aging AS (
  SELECT list(struct_pack(
    currency := currency,
    buckets := buckets,
    total_amount := CAST(CAST(total_amount AS DECIMAL(28, 2)) AS VARCHAR),
    ledger_amount := CAST(CAST(ledger_balance AS DECIMAL(28, 2)) AS VARCHAR)
  ) ORDER BY currency) AS entries
  FROM aging_currency
),

oldest AS (
  SELECT customer_id, MAX(days_past_due) AS oldest_overdue_days
  FROM mart.evidence_item
  WHERE open_amount > 0 AND days_past_due > 0
  GROUP BY customer_id
),

graded AS (
  SELECT
    customer_id,
    list(final_grade ORDER BY is_active DESC, policy_id) AS final_grades,
    list(nr_reason ORDER BY is_active DESC, policy_id) AS nr_reasons,
    list(
      COALESCE(letter_collection, '?') || COALESCE(letter_overdue, '?')
      || REPLACE(COALESCE(letter_competitor, '?'), 'n/a', '–') ORDER BY is_active DESC, policy_id
    ) AS letters,
    list(is_provisional ORDER BY is_active DESC, policy_id) AS provisional,
    list(grade_best || '–' || grade_worst ORDER BY is_active DESC, policy_id) AS intervals
  FROM grade.credit_grade
  GROUP BY customer_id
),

customers AS (
  SELECT list(json_array(
    customer_credit.customer_id,
    customer_credit.customer_name,
    credit_file.file,
    CAST(customer_credit.open_amount AS VARCHAR),
    CAST(customer_credit.overdue_amount AS VARCHAR),
    oldest.oldest_overdue_days,
    graded.final_grades,
    graded.nr_reasons,
    graded.letters,
    graded.provisional,
    graded.intervals
  ) ORDER BY customer_credit.customer_id) AS entries
  FROM mart.customer_credit
  JOIN night.credit_file ON credit_file.customer_id = customer_credit.customer_id
  LEFT JOIN oldest ON oldest.customer_id = customer_credit.customer_id
  LEFT JOIN graded ON graded.customer_id = customer_credit.customer_id
),

feeds AS (
  SELECT list(struct_pack(feed := feed, status := status, known_on := known_on) ORDER BY feed) AS entries
  FROM night.source
),

quarantine AS (
  SELECT COUNT(*) AS open_cnt FROM night.quarantine WHERE is_open
)

SELECT CAST(to_json(struct_pack(
  format := 'zixin-portfolio/1',
  as_of := $as_of,
  code_version := $code_version,
  base_currency := base.base_currency,
  policies := policies.entries,
  totals := struct_pack(
    customers := totals.customer_cnt,
    open_amount := CAST(CAST(totals.open_amount AS DECIMAL(28, 2)) AS VARCHAR),
    overdue_amount := CAST(CAST(totals.overdue_amount AS DECIMAL(28, 2)) AS VARCHAR),
    overdue_share := CAST(CAST(CAST(
      CAST(totals.overdue_amount AS DECIMAL(28, 2)) / NULLIF(totals.open_amount, 0) AS DECIMAL(28, 10)
    ) AS DECIMAL(18, 6)) AS VARCHAR),
    no_fx_customers := totals.no_fx_customers
  ),
  grades := COALESCE(grades.entries, []),
  not_rated := COALESCE(not_rated.entries, []),
  aging := COALESCE(aging.entries, []),
  feeds := COALESCE(feeds.entries, []),
  quarantined_rows := quarantine.open_cnt,
  marts := night.book.content,
  customers := struct_pack(
    columns := [
      'customer_id', 'customer_name', 'file', 'open_amount', 'overdue_amount', 'oldest_overdue_days',
      'final_grades', 'nr_reasons', 'letters', 'provisional', 'intervals'
    ],
    "rows" := COALESCE(customers.entries, CAST([] AS JSON[]))
  )
)) AS VARCHAR) AS document
FROM base, totals, policies, grades, not_rated, aging, feeds, quarantine, customers, night.book
