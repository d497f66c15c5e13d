-- bureau: what do credit bureaus, agencies, the tax office and other suppliers say of each customer?
--
-- Only what matching accepted. Of each provider and scale the latest report counts: who withdraws its score has none. Of several of
-- them one that can be placed on its scale before one that cannot, then the latest, of one day the worse; the limit, the probability
-- of default and the days beyond terms are each from the latest report that has one. A score keeps its own scale; beside it stands
-- where it lies between the scale's worst (0) and best (1), whichever of the two ends is the higher number. The report before is
-- that of the same provider on the same scale. Credit lines are those of the latest report that lists any: two reports
-- tell of the same loan, and of one day the one counts that tells of more delays. Nobody asked is not "nothing known": the reasons keep them apart.
--
-- Bands are the product's own: history is good from 0.65 of the scale on and poor below 0.5 (where A9 draws B and C), poor too
-- with a line in default or written off; repayment is poor with such a line or more than 30 days past due, good without
-- any overdue, else fair. The admission composite is the mean of what is there: the score's place × 100,
-- repayment (good 100, fair 50, poor 0), and debt (100 less the debt-to-assets ratio in percent, not below 0).
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-02, R0-03, R0-93, R1-01..R1-04, R2-02, R2-05, R2-08, R3-05, R3-70, R4-99; Q17; EW06; A9; C10.
--
-- Columns
--   customer_id               VARCHAR        the customer
--   bureau_provider           VARCHAR        who wrote the report that counts; NULL: none
--   bureau_score_asof         DATE           the day it is of [R0-02]
--   bureau_score_scale        VARCHAR        its scale, such as creditsafe_GB [R0-02]
--   bureau_score_raw          DECIMAL(18,6)  the score as the provider gives it; NULL: see bureau_score_norm_reason [R0-02]
--   bureau_score_norm         DECIMAL(18,6)  0 the scale's worst, 1 its best; NULL: see its reason [R0-02] [Q17]
--   bureau_score_norm_reason  VARCHAR        not_asked, nothing_known, not_scored, no_scale, out_of_scale; NULL: there is one
--   bureau_band               VARCHAR        the provider's letter or class [R2-05]
--   bureau_band_text          VARCHAR        the class in words
--   bureau_rated_since        DATE           the day the class was last changed, by the provider
--   bureau_score_prev         DECIMAL(18,6)  the report before, same provider and scale; NULL: none [EW06]
--   bureau_score_norm_prev    DECIMAL(18,6)  its place on the scale [EW06]
--   bureau_band_prev          VARCHAR        its letter or class [EW06]
--   bureau_prev_asof          DATE           the day it is of
--   bureau_score_fall         DECIMAL(18,6)  fraction of the scale lost since then; negative: gained; NULL: no two scores [EW06]
--   bureau_band_changed       BOOLEAN        another letter or class than before; NULL: not both known [EW06]
--   m4_agency_rating          VARCHAR        the latest letter or class any report gives [R2-05]
--   default_probability       DECIMAL(18,6)  fraction, within a year, by the latest report with one; NULL: none
--   default_probability_date  DATE           the day of that report
--   bureau_dbt_days           DECIMAL(18,6)  mean days it pays late, by the latest report with one; NULL: none
--   bureau_dbt_date           DATE           the day of that report
--   agency_limit_amount       DECIMAL(28,2)  limit the latest report with one recommends, base currency; 0: none; NULL: see its reason [C10]
--   agency_limit_amount_reason VARCHAR       no_limit_stated, no_fx; NULL: there is one
--   agency_limit_date         DATE           the day of that report
--   agency_quality_score      DECIMAL(18,6)  0 to 100, how good bureau_provider is by our own judgement; NULL: not judged [R2-05]
--   agency_factor_cnt         INTEGER        of the five factors judged
--   agency_model_score        DECIMAL(18,6)  1 to 5: soundness of its model; NULL: not judged
--   agency_coverage_score     DECIMAL(18,6)  1 to 5: coverage of its data
--   agency_update_score       DECIMAL(18,6)  1 to 5: how often it updates
--   agency_fairness_score     DECIMAL(18,6)  1 to 5: fairness
--   agency_accuracy_score     DECIMAL(18,6)  1 to 5: accuracy
--   agency_update_days        INTEGER        days between two of its updates; NULL: not stated [R2-05]
--   line_provider             VARCHAR        who lists its credit lines; NULL: nobody
--   line_date                 DATE           the day of that report; NULL: nobody
--   line_cnt                  BIGINT         lines on it; NULL: nobody
--   loan_overdue_cnt          BIGINT         times its loans and cards were overdue; NULL: nobody lists any [R2-02]
--   line_days_past_due_max    INTEGER        days, the longest of any line; NULL: nobody, or not stated
--   line_default_cnt          BIGINT         lines in default or written off; NULL: nobody
--   line_balance_amount       DECIMAL(28,2)  owed on them, base currency; NULL: nobody, no_fx
--   line_overdue_amount       DECIMAL(28,2)  of it overdue [R1-03]
--   line_overdue_share        DECIMAL(18,6)  fraction of what is owed that is overdue; NULL: nobody, nothing owed, no_fx [R1-03]
--   adm_history_band          VARCHAR        good, fair, poor; NULL: neither score nor line [R1-02]
--   watch_flag                BOOLEAN        the history is poor; NULL: unknown [R1-02]
--   adm_repay_band            VARCHAR        good, fair, poor, from the lines; NULL: nobody lists any [R1-03]
--   adm_credit_score          DECIMAL(18,6)  0 to 100: history, repayment and debt together; NULL: none of them [R1-01]
--   adm_credit_part_cnt       INTEGER        of the three parts, those that are there
--   tax_credit_level          VARCHAR        A, B, M, C or D of the latest year; NULL: none
--   tax_credit_year           INTEGER        that year
--   tax_credit_date           DATE           its last day, or the night if the year is not over
--   tax_credit_points         DECIMAL(18,6)  A 100, B 80, M 60 (new), C 40, D 0; NULL: none, or another letter
--   ref_cnt                   BIGINT         suppliers, partners and banks asked in the last 24 months, one answer each [R3-70]
--   ref_date                  DATE           the latest answer
--   ref_high_credit_median    DECIMAL(28,2)  median of the most it ever owed them, base currency: C10's trade reference; NULL: none, no_fx [R3-70] [C10]
--   ref_high_credit_cnt       BIGINT         answers behind it
--   ref_days_late_mean        DECIMAL(18,6)  days, mean of what they say; NULL: nobody says [R3-70]
--   ref_rating_mean           DECIMAL(18,6)  1 to 5, mean of their ratings; NULL: nobody rated [R3-70]
--   ref_overdue_cnt           BIGINT         of them those it owes overdue money
--   null_reason               VARCHAR        not_asked, nothing_known: no report; NULL: there is a report, and a part may be missing in it

WITH

accepted AS (
  SELECT record_kind, record_key, customer_id AS owner_id, score AS link_score, is_certain
  FROM match.record_link
  WHERE state = 'accepted' AND record_kind IN ('bureau_score', 'bureau_line', 'tax_credit')
),

-- Ten digits more than a score has: the ends of a scale may be as far apart as they can.
report AS (
  SELECT
    accepted.owner_id,
    bureau_score.provider,
    bureau_score.scale_id,
    bureau_score.report_date,
    CAST(bureau_score.score AS DECIMAL(28, 6)) AS score,
    CAST(bureau_score.score_min AS DECIMAL(28, 6)) AS score_min,
    CAST(bureau_score.score_max AS DECIMAL(28, 6)) AS score_max,
    bureau_score.band,
    bureau_score.band_meaning,
    bureau_score.rated_since,
    bureau_score.default_probability,
    bureau_score.days_beyond_terms,
    bureau_score.recommended_limit,
    bureau_score.currency,
    CASE WHEN bureau_score.score IS NULL THEN 1 ELSE 0 END AS no_score,
    CASE
      WHEN bureau_score.score IS NULL THEN 'not_scored'
      WHEN bureau_score.score_min IS NULL OR bureau_score.score_max IS NULL
        OR bureau_score.score_min = bureau_score.score_max THEN 'no_scale'
      WHEN bureau_score.score < LEAST(bureau_score.score_min, bureau_score.score_max)
        OR bureau_score.score > GREATEST(bureau_score.score_min, bureau_score.score_max)
        THEN 'out_of_scale'
    END AS norm_reason,
    accepted.is_certain,
    accepted.link_score,
    accepted.record_key
  FROM accepted
  JOIN current.bureau_score AS bureau_score
    ON accepted.record_kind = 'bureau_score'
      AND accepted.record_key = bureau_score.provider || '|' || bureau_score.record_id || '|'
        || bureau_score.scale_id || '|' || CAST(bureau_score.report_date AS VARCHAR) || '|'
        || COALESCE(bureau_score.customer_id, '')
  WHERE NOT bureau_score.is_deleted AND bureau_score.report_date <= CAST(:as_of AS DATE)
),

normed AS (
  SELECT
    report.*,
    CASE WHEN norm_reason IS NULL THEN
      TRY_CAST((score - score_min) / (score_max - score_min) AS DECIMAL(28, 10))
    END AS norm
  FROM report
),

placed AS (
  SELECT
    normed.*,
    ROW_NUMBER() OVER (
      PARTITION BY owner_id
      ORDER BY
        report_date DESC, no_score, is_certain DESC, link_score DESC, norm ASC NULLS LAST, record_key
    ) AS place,
    ROW_NUMBER() OVER (
      PARTITION BY owner_id, provider, scale_id
      ORDER BY report_date DESC, no_score, is_certain DESC, link_score DESC, record_key
    ) AS of_the_scale
  FROM normed
),

latest AS (
  SELECT
    placed.*,
    ROW_NUMBER() OVER (
      PARTITION BY owner_id
      ORDER BY
        CASE WHEN norm_reason IS NULL THEN 0 ELSE 1 END, place
    ) AS nearest
  FROM placed
  WHERE of_the_scale = 1
),

-- Which of a customer's reports, newest first, is the first to say each thing.
first_with AS (
  SELECT
    placed.owner_id,
    MIN(CASE WHEN placed.recommended_limit IS NOT NULL THEN placed.place END) AS limit_place,
    MIN(CASE WHEN placed.default_probability IS NOT NULL THEN placed.place END) AS default_place,
    MIN(CASE WHEN placed.days_beyond_terms IS NOT NULL THEN placed.place END) AS dbt_place,
    MIN(CASE WHEN placed.band IS NOT NULL THEN placed.place END) AS band_place,
    MIN(CASE
      WHEN placed.provider = latest.provider AND placed.scale_id = latest.scale_id
        AND placed.report_date < latest.report_date THEN placed.place
    END) AS earlier_place
  FROM placed
  JOIN latest ON latest.owner_id = placed.owner_id AND latest.nearest = 1
  GROUP BY placed.owner_id
),

parts AS (
  SELECT
    placed.owner_id,
    MAX(CASE WHEN placed.place = limit_place THEN placed.recommended_limit END)
      AS recommended_limit,
    MAX(CASE WHEN placed.place = limit_place THEN placed.currency END) AS limit_currency,
    MAX(CASE WHEN placed.place = limit_place THEN placed.report_date END) AS limit_date,
    MAX(CASE WHEN placed.place = default_place THEN placed.default_probability END)
      AS default_probability,
    MAX(CASE WHEN placed.place = default_place THEN placed.report_date END) AS default_date,
    MAX(CASE WHEN placed.place = dbt_place THEN placed.days_beyond_terms END) AS days_beyond_terms,
    MAX(CASE WHEN placed.place = dbt_place THEN placed.report_date END) AS dbt_date,
    MAX(CASE WHEN placed.place = band_place THEN placed.band END) AS band,
    MAX(CASE WHEN placed.place = earlier_place THEN placed.score END) AS earlier_score,
    MAX(CASE WHEN placed.place = earlier_place THEN placed.norm END) AS earlier_norm,
    MAX(CASE WHEN placed.place = earlier_place THEN placed.band END) AS earlier_band,
    MAX(CASE WHEN placed.place = earlier_place THEN placed.report_date END) AS earlier_date
  FROM placed
  JOIN first_with ON first_with.owner_id = placed.owner_id
  GROUP BY placed.owner_id
),

-- Who was asked for a score, by the products that ever gave one, or by a file that says so. A question that
-- failed asked nothing.
selling AS (
  SELECT provider, product FROM current.bureau_score WHERE NOT is_deleted
  UNION
  SELECT provider, product FROM core.inquiry WHERE product IN ('score', 'bureau_score')
),

asked AS (
  SELECT DISTINCT inquiry.customer_id
  FROM core.inquiry
  JOIN selling ON selling.provider = inquiry.provider AND selling.product = inquiry.product
  WHERE inquiry.answered_on IS NOT NULL
),

judgement AS (
  SELECT
    provider, factor, score, update_days,
    ROW_NUMBER() OVER (PARTITION BY provider, factor ORDER BY assessed_on DESC) AS place
  FROM current.agency_assessment
  WHERE NOT is_deleted AND assessed_on <= CAST(:as_of AS DATE)
),

agency AS (
  SELECT
    provider,
    COUNT(*) AS factor_cnt,
    SUM(score) AS score_sum,
    MAX(CASE WHEN factor = 'model' THEN score END) AS model_score,
    MAX(CASE WHEN factor = 'coverage' THEN score END) AS coverage_score,
    MAX(CASE WHEN factor = 'update_frequency' THEN score END) AS update_score,
    MAX(CASE WHEN factor = 'fairness' THEN score END) AS fairness_score,
    MAX(CASE WHEN factor = 'accuracy' THEN score END) AS accuracy_score,
    MAX(CASE WHEN factor = 'update_frequency' THEN update_days END) AS stated_update_days,
    MAX(update_days) AS any_update_days
  FROM judgement
  WHERE place = 1
  GROUP BY provider
),

line AS (
  SELECT
    accepted.owner_id,
    bureau_line.*,
    ROW_NUMBER() OVER (
      PARTITION BY accepted.owner_id, bureau_line.provider, bureau_line.record_id,
        bureau_line.report_date
      ORDER BY accepted.is_certain DESC, accepted.link_score DESC, accepted.record_key
    ) AS of_the_report
  FROM accepted
  JOIN current.bureau_line AS bureau_line
    ON accepted.record_kind = 'bureau_line'
      AND accepted.record_key = bureau_line.provider || '|' || bureau_line.record_id || '|'
        || CAST(bureau_line.report_date AS VARCHAR) || '|' || COALESCE(bureau_line.customer_id, '')
  WHERE NOT bureau_line.is_deleted AND bureau_line.report_date <= CAST(:as_of AS DATE)
),

line_report AS (
  SELECT
    owner_id, provider, report_date,
    ROW_NUMBER() OVER (
      PARTITION BY owner_id ORDER BY report_date DESC, overdue_cnt DESC, provider
    ) AS place
  FROM (
    SELECT owner_id, provider, report_date, SUM(COALESCE(overdue_count, 0)) AS overdue_cnt
    FROM line
    GROUP BY owner_id, provider, report_date
  ) AS told
),

lines AS (
  SELECT
    line.owner_id,
    line.provider,
    line.report_date,
    COUNT(*) AS line_cnt,
    SUM(CASE WHEN line.kind IN ('loan', 'card') THEN COALESCE(line.overdue_count, 0) ELSE 0 END)
      AS loan_overdue_cnt,
    SUM(COALESCE(line.overdue_count, 0)) AS overdue_cnt,
    MAX(line.days_past_due_max) AS days_past_due_max,
    SUM(CASE WHEN line.status IN ('default', 'written_off') THEN 1 ELSE 0 END) AS default_cnt,
    SUM(line.balance_amount * currency.rate_to_base) AS balance_base,
    SUM(COALESCE(line.overdue_amount, 0) * currency.rate_to_base) AS overdue_base,
    MAX(COALESCE(line.overdue_amount, 0)) AS overdue_most,
    SUM(CASE WHEN currency.rate_to_base IS NULL THEN 1 ELSE 0 END) AS no_rate_cnt
  FROM line
  JOIN line_report
    ON line_report.owner_id = line.owner_id
    AND line_report.provider = line.provider
    AND line_report.report_date = line.report_date
    AND line_report.place = 1
  LEFT JOIN event.currency ON currency.currency = line.currency
  WHERE line.of_the_report = 1
  GROUP BY line.owner_id, line.provider, line.report_date
),

tax AS (
  SELECT
    accepted.owner_id,
    UPPER(TRIM(tax_credit.level)) AS level,
    tax_credit.year,
    ROW_NUMBER() OVER (
      PARTITION BY accepted.owner_id
      ORDER BY
        tax_credit.year DESC, tax_credit.known_on DESC, accepted.is_certain DESC,
        accepted.link_score DESC, accepted.record_key
    ) AS place
  FROM accepted
  JOIN current.tax_credit AS tax_credit
    ON accepted.record_kind = 'tax_credit'
      AND accepted.record_key = tax_credit.provider || '|' || tax_credit.record_id || '|'
        || CAST(tax_credit.year AS VARCHAR) || '|' || COALESCE(tax_credit.customer_id, '')
  WHERE NOT tax_credit.is_deleted AND tax_credit.year <= EXTRACT(YEAR FROM CAST(:as_of AS DATE))
),

-- One referee, one vote: the last answer.
reference AS (
  SELECT
    trade_reference.customer_id AS owner_id,
    trade_reference.reference_id,
    trade_reference.given_on,
    trade_reference.high_credit * currency.rate_to_base AS high_base,
    CASE WHEN trade_reference.high_credit IS NOT NULL AND currency.rate_to_base IS NULL THEN 1 ELSE 0
    END AS no_rate,
    trade_reference.overdue_amount,
    trade_reference.days_late,
    trade_reference.rating,
    ROW_NUMBER() OVER (
      PARTITION BY trade_reference.customer_id, UPPER(TRIM(trade_reference.referee))
      ORDER BY trade_reference.given_on DESC, trade_reference.reference_id
    ) AS place
  FROM current.trade_reference
  CROSS JOIN policy.book
  LEFT JOIN event.currency ON currency.currency = trade_reference.currency
  WHERE NOT trade_reference.is_deleted
    AND trade_reference.given_on <= CAST(:as_of AS DATE)
    AND trade_reference.given_on > book.months_24_start
),

-- The middle answer, or the two in the middle: halves of whole amounts, as ADR 4 has it.
sorted AS (
  SELECT
    reference.*,
    ROW_NUMBER() OVER (
      PARTITION BY owner_id ORDER BY high_base ASC NULLS LAST, reference_id
    ) AS nth,
    COUNT(high_base) OVER (PARTITION BY owner_id) AS high_cnt
  FROM reference
  WHERE place = 1
),

refs AS (
  SELECT
    owner_id,
    COUNT(*) AS ref_cnt,
    MAX(given_on) AS ref_date,
    MAX(high_cnt) AS high_cnt,
    SUM(no_rate) AS no_rate_cnt,
    CAST(0.5 AS DECIMAL(2, 1)) * SUM(
      CASE WHEN 2 * nth = high_cnt THEN high_base WHEN 2 * nth = high_cnt + 1 THEN high_base + high_base
        WHEN 2 * nth = high_cnt + 2 THEN high_base END
    ) AS high_median,
    COUNT(days_late) AS late_cnt,
    SUM(days_late) AS late_sum,
    COUNT(rating) AS rating_cnt,
    SUM(rating) AS rating_sum,
    SUM(CASE WHEN overdue_amount > 0 THEN 1 ELSE 0 END) AS overdue_cnt
  FROM sorted
  GROUP BY owner_id
),

gathered AS (
  SELECT
    customer.customer_id,
    latest.provider,
    latest.report_date,
    latest.scale_id,
    latest.score,
    latest.norm,
    latest.norm_reason,
    latest.band,
    latest.band_meaning,
    latest.rated_since,
    CASE
      WHEN latest.owner_id IS NOT NULL THEN NULL
      WHEN asked.customer_id IS NOT NULL THEN 'nothing_known'
      ELSE 'not_asked'
    END AS no_report_reason,
    CASE
      WHEN lines.default_cnt > 0 OR latest.norm < CAST(0.5 AS DECIMAL(2, 1)) THEN 'poor'
      WHEN latest.norm >= CAST(0.65 AS DECIMAL(3, 2)) AND COALESCE(lines.overdue_cnt, 0) = 0
        THEN 'good'
      WHEN latest.norm IS NOT NULL OR lines.owner_id IS NOT NULL THEN 'fair'
    END AS history_band,
    CASE
      WHEN lines.owner_id IS NULL THEN NULL
      WHEN lines.default_cnt > 0 OR lines.days_past_due_max > 30 THEN 'poor'
      WHEN lines.overdue_cnt = 0 AND lines.overdue_most = 0
        AND COALESCE(lines.days_past_due_max, 0) = 0 THEN 'good'
      ELSE 'fair'
    END AS repay_band,
    CASE
      WHEN statement.is_contradictory THEN NULL
      WHEN statement.total_liabilities > statement.total_assets THEN 0
      ELSE 100 - 100 * statement.debt_to_assets
    END AS debt_points
  FROM core.customer
  LEFT JOIN latest ON latest.owner_id = customer.customer_id AND latest.nearest = 1
  LEFT JOIN lines ON lines.owner_id = customer.customer_id
  LEFT JOIN asked ON asked.customer_id = customer.customer_id
  LEFT JOIN event.statement
    ON statement.customer_id = customer.customer_id AND statement.year_no = 0
),

parted AS (
  SELECT
    gathered.*,
    CASE WHEN norm IS NULL THEN 0 ELSE 1 END + CASE WHEN repay_band IS NULL THEN 0 ELSE 1 END
      + CASE WHEN debt_points IS NULL THEN 0 ELSE 1 END AS part_cnt,
    COALESCE(100 * norm, 0)
      + CASE repay_band WHEN 'good' THEN 100 WHEN 'fair' THEN 50 ELSE 0 END
      + COALESCE(debt_points, 0) AS part_sum
  FROM gathered
),

composed AS (
  SELECT
    parted.*,
    CAST(part_sum / NULLIF(part_cnt, 0) AS DECIMAL(28, 10)) AS part_mean
  FROM parted
)

SELECT
  composed.customer_id,
  composed.provider AS bureau_provider,
  composed.report_date AS bureau_score_asof,
  composed.scale_id AS bureau_score_scale,
  composed.score AS bureau_score_raw,
  CAST(CAST(composed.norm AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS bureau_score_norm,
  COALESCE(composed.no_report_reason, composed.norm_reason) AS bureau_score_norm_reason,
  composed.band AS bureau_band,
  composed.band_meaning AS bureau_band_text,
  composed.rated_since AS bureau_rated_since,
  parts.earlier_score AS bureau_score_prev,
  CAST(CAST(parts.earlier_norm AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS bureau_score_norm_prev,
  parts.earlier_band AS bureau_band_prev,
  parts.earlier_date AS bureau_prev_asof,
  CAST(CAST(parts.earlier_norm - composed.norm AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS bureau_score_fall,
  composed.band <> parts.earlier_band AS bureau_band_changed,
  parts.band AS m4_agency_rating,
  parts.default_probability,
  parts.default_date AS default_probability_date,
  parts.days_beyond_terms AS bureau_dbt_days,
  parts.dbt_date AS bureau_dbt_date,
  CASE WHEN parts.recommended_limit = 0 THEN 0
    ELSE ROUND(parts.recommended_limit * currency.rate_to_base, 2) END AS agency_limit_amount,
  CASE
    WHEN parts.recommended_limit IS NULL THEN COALESCE(composed.no_report_reason, 'no_limit_stated')
    WHEN parts.recommended_limit > 0 AND currency.rate_to_base IS NULL THEN 'no_fx'
  END AS agency_limit_amount_reason,
  parts.limit_date AS agency_limit_date,
  CAST(CAST((agency.score_sum - agency.factor_cnt) * 25 / NULLIF(agency.factor_cnt, 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS agency_quality_score,
  COALESCE(agency.factor_cnt, 0) AS agency_factor_cnt,
  agency.model_score AS agency_model_score,
  agency.coverage_score AS agency_coverage_score,
  agency.update_score AS agency_update_score,
  agency.fairness_score AS agency_fairness_score,
  agency.accuracy_score AS agency_accuracy_score,
  COALESCE(agency.stated_update_days, agency.any_update_days) AS agency_update_days,
  lines.provider AS line_provider,
  lines.report_date AS line_date,
  lines.line_cnt,
  lines.loan_overdue_cnt,
  lines.days_past_due_max AS line_days_past_due_max,
  lines.default_cnt AS line_default_cnt,
  CASE WHEN lines.no_rate_cnt = 0 THEN ROUND(lines.balance_base, 2) END AS line_balance_amount,
  CASE WHEN lines.no_rate_cnt = 0 THEN ROUND(lines.overdue_base, 2) END AS line_overdue_amount,
  CASE WHEN lines.no_rate_cnt = 0 THEN TRY_CAST(TRY_CAST(
    lines.overdue_base / NULLIF(lines.balance_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) END
    AS line_overdue_share,
  composed.history_band AS adm_history_band,
  composed.history_band = 'poor' AS watch_flag,
  composed.repay_band AS adm_repay_band,
  CAST(CAST(composed.part_mean AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS adm_credit_score,
  composed.part_cnt AS adm_credit_part_cnt,
  tax.level AS tax_credit_level,
  tax.year AS tax_credit_year,
  CASE
    WHEN tax.year = EXTRACT(YEAR FROM CAST(:as_of AS DATE)) THEN CAST(:as_of AS DATE)
    ELSE TRY_CAST(CAST(tax.year AS VARCHAR) || '-12-31' AS DATE)
  END AS tax_credit_date,
  CASE tax.level
    WHEN 'A' THEN 100 WHEN 'B' THEN 80 WHEN 'M' THEN 60 WHEN 'C' THEN 40 WHEN 'D' THEN 0
  END AS tax_credit_points,
  COALESCE(refs.ref_cnt, 0) AS ref_cnt,
  refs.ref_date,
  CASE WHEN refs.no_rate_cnt = 0 THEN ROUND(refs.high_median, 2) END AS ref_high_credit_median,
  COALESCE(refs.high_cnt, 0) AS ref_high_credit_cnt,
  CAST(CAST(refs.late_sum / NULLIF(refs.late_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS ref_days_late_mean,
  CAST(CAST(refs.rating_sum / NULLIF(refs.rating_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS ref_rating_mean,
  COALESCE(refs.overdue_cnt, 0) AS ref_overdue_cnt,
  composed.no_report_reason AS null_reason
FROM composed
LEFT JOIN parts ON parts.owner_id = composed.customer_id
LEFT JOIN event.currency ON currency.currency = parts.limit_currency
LEFT JOIN agency ON agency.provider = composed.provider
LEFT JOIN lines ON lines.owner_id = composed.customer_id
LEFT JOIN tax ON tax.owner_id = composed.customer_id AND tax.place = 1
LEFT JOIN refs ON refs.owner_id = composed.customer_id
ORDER BY customer_id
