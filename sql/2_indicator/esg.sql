-- esg: how does each customer treat the environment, people and its own rules?
--
-- Only reports that matching accepted. Points are put on 0 to 100, 100 best, by the scale each report
-- states; a score without a scale is no points. An agency of the last two years counts before the company's
-- own report, that before an older one; then the newest, of one day the worse. Penalties under environment law stand
-- beside the points and are 0 only where somebody was asked: a customer nobody asked about is not clean, it is unknown.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-80, R1-60, R1-61, R1-62; A9.
--
-- Columns
--   customer_id                        VARCHAR        the customer
--   esg_e                              DECIMAL(18,6)  points 0 to 100, environment; NULL: see esg_e_reason [R1-60]
--   esg_e_date                         DATE           the day of that report; NULL: none
--   esg_e_reason                       VARCHAR        not_connected, no_report, not_scored, no_scale, out_of_scale; NULL: there are points
--   esg_s                              DECIMAL(18,6)  points 0 to 100, social duty and employees; NULL: see esg_s_reason [R1-61]
--   esg_s_date                         DATE           the day of that report; NULL: none
--   esg_s_reason                       VARCHAR        as esg_e_reason
--   esg_g                              DECIMAL(18,6)  points 0 to 100, governance; NULL: see esg_g_reason [R1-62]
--   esg_g_date                         DATE           the day of that report; NULL: none
--   esg_g_reason                       VARCHAR        as esg_e_reason
--   esg_total                          DECIMAL(18,6)  points 0 to 100, the stated total, else the mean of all three; NULL: see esg_total_reason [R1-62]
--   esg_total_basis                    VARCHAR        stated, pillar_mean; NULL: no points
--   esg_total_date                     DATE           the day of that report, of a mean the oldest; NULL: none
--   esg_total_reason                   VARCHAR        as esg_e_reason
--   esg_is_self_reported               BOOLEAN        the company itself gave esg_total, or a part of the mean; NULL: no points
--   csr_score                          DECIMAL(18,6)  points 0 to 100, its report on social responsibility, else esg_total; NULL: see csr_score_reason [R0-80]
--   csr_basis                          VARCHAR        report, stated_total, pillar_mean; NULL: no points
--   csr_date                           DATE           the day csr_score is of; NULL: none
--   csr_score_reason                   VARCHAR        as esg_e_reason
--   csr_is_self_reported               BOOLEAN        the company itself gave csr_score; NULL: no points
--   csr_report_date                    DATE           its last report on social responsibility, scored or not; NULL: none known
--   esg_provider_cnt                   BIGINT         agencies with a report about it
--   environment_penalty_cnt_36m        BIGINT         cases of environment law decided against it in 36 months; NULL: see its reason [R1-60]
--   environment_penalty_cnt_36m_reason VARCHAR        not_connected: no register of penalties is read; not_asked; NULL: there is a count
--   environment_penalty_amount_36m     DECIMAL(28,2)  fines of these cases, base currency; NULL: the count's reason, or no_fx
--   environment_penalty_date           DATE           the last of them; NULL: none

WITH

night AS (
  SELECT
    book.months_24_start,
    book.months_36_start,
    (SELECT COUNT(*) FROM current.esg_score WHERE NOT is_deleted) AS report_cnt,
    (SELECT COUNT(*) FROM current.penalty WHERE NOT is_deleted)
      + (SELECT COUNT(*) FROM current.inquiry WHERE NOT is_deleted AND product = 'penalty')
      AS penalty_cnt
  FROM policy.book
),

accepted AS (
  SELECT record_key, customer_id
  FROM match.record_link
  WHERE state = 'accepted' AND record_kind = 'esg_score'
),

report AS (
  SELECT
    accepted.customer_id,
    esg_score.pillar,
    esg_score.report_date,
    esg_score.provider,
    COALESCE(esg_score.is_self_reported, FALSE) AS is_self_reported,
    accepted.record_key,
    CASE
      WHEN esg_score.score IS NULL THEN 'not_scored'
      WHEN esg_score.score_min IS NULL OR esg_score.score_max IS NULL
        OR esg_score.score_min = esg_score.score_max THEN 'no_scale'
      WHEN esg_score.score < LEAST(esg_score.score_min, esg_score.score_max)
        OR esg_score.score > GREATEST(esg_score.score_min, esg_score.score_max) THEN 'out_of_scale'
    END AS reason,
    TRY_CAST(TRY_CAST(
      (CAST(esg_score.score AS DECIMAL(28, 6)) - esg_score.score_min) * 100
      / NULLIF(CAST(esg_score.score_max AS DECIMAL(28, 6)) - esg_score.score_min, 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 10)) AS points
  FROM accepted
  JOIN current.esg_score AS esg_score
    ON accepted.record_key = esg_score.provider || '|' || esg_score.record_id || '|'
      || esg_score.pillar || '|' || CAST(esg_score.report_date AS VARCHAR) || '|'
      || COALESCE(esg_score.customer_id, '')
  WHERE NOT esg_score.is_deleted AND esg_score.report_date <= CAST(:as_of AS DATE)
),

ranked AS (
  SELECT
    report.*,
    ROW_NUMBER() OVER (
      PARTITION BY report.customer_id, report.pillar
      ORDER BY
        CASE WHEN report.reason IS NULL THEN 1 ELSE 2 END,
        CASE
          WHEN report.report_date <= night.months_24_start THEN 3
          WHEN report.is_self_reported THEN 2
          ELSE 1
        END,
        report.report_date DESC,
        report.points ASC NULLS LAST,
        report.provider,
        report.record_key
    ) AS place
  FROM report
  CROSS JOIN night
),

chosen AS (
  SELECT
    customer_id,
    MAX(CASE WHEN pillar = 'environment' AND reason IS NULL THEN points END) AS e_points,
    MAX(CASE WHEN pillar = 'environment' THEN report_date END) AS e_date,
    MAX(CASE WHEN pillar = 'environment' THEN reason END) AS e_reason,
    MAX(CASE WHEN pillar = 'social' AND reason IS NULL THEN points END) AS s_points,
    MAX(CASE WHEN pillar = 'social' THEN report_date END) AS s_date,
    MAX(CASE WHEN pillar = 'social' THEN reason END) AS s_reason,
    MAX(CASE WHEN pillar = 'governance' AND reason IS NULL THEN points END) AS g_points,
    MAX(CASE WHEN pillar = 'governance' THEN report_date END) AS g_date,
    MAX(CASE WHEN pillar = 'governance' THEN reason END) AS g_reason,
    MAX(CASE WHEN pillar = 'total' AND reason IS NULL THEN points END) AS total_points,
    MAX(CASE WHEN pillar = 'total' THEN report_date END) AS total_date,
    MAX(CASE WHEN pillar = 'total' THEN reason END) AS total_reason,
    MAX(CASE WHEN pillar = 'csr' AND reason IS NULL THEN points END) AS csr_points,
    MAX(CASE WHEN pillar = 'csr' THEN report_date END) AS csr_date,
    MAX(CASE WHEN pillar = 'csr' THEN reason END) AS csr_reason,
    MAX(CASE WHEN pillar IN ('environment', 'social', 'governance') AND is_self_reported THEN 1 ELSE 0 END)
      AS pillar_self,
    MAX(CASE WHEN pillar = 'total' AND is_self_reported THEN 1 ELSE 0 END) AS total_self,
    MAX(CASE WHEN pillar = 'csr' AND is_self_reported THEN 1 ELSE 0 END) AS csr_self
  FROM ranked
  WHERE place = 1
  GROUP BY customer_id
),

about AS (
  SELECT
    customer_id,
    MAX(CASE WHEN pillar = 'csr' THEN report_date END) AS csr_report_date,
    COUNT(DISTINCT CASE WHEN NOT is_self_reported THEN provider END) AS provider_cnt
  FROM report
  GROUP BY customer_id
),

penalties AS (
  SELECT
    penalty.customer_id,
    COUNT(*) AS case_cnt,
    COUNT(*) FILTER (WHERE penalty.is_no_fx) AS no_fx_cnt,
    SUM(penalty.fine_base) AS fine_base,
    MAX(penalty.decided_on) AS last_date
  FROM core.penalty
  CROSS JOIN night
  WHERE penalty.is_environment AND penalty.decided_on > night.months_36_start
  GROUP BY penalty.customer_id
),

-- Who was looked up: a product that brings penalties was asked and answered, or a register that is read
-- whole (its rows come of no product) knows the company.
register AS (
  SELECT DISTINCT provider, COALESCE(product, '') AS product
  FROM current.penalty
  WHERE NOT is_deleted
),

covered AS (
  SELECT inquiry.customer_id
  FROM core.inquiry AS inquiry
  LEFT JOIN register ON register.provider = inquiry.provider AND register.product = inquiry.product
  WHERE inquiry.answered_on IS NOT NULL
    AND (register.provider IS NOT NULL OR inquiry.product = 'penalty')
  UNION
  SELECT link.customer_id
  FROM match.record_link AS link
  JOIN register ON register.provider = link.provider AND register.product = ''
  WHERE link.state = 'accepted'
),

joined AS (
  SELECT
    customer.customer_id,
    chosen.e_points, chosen.e_date, chosen.e_reason,
    chosen.s_points, chosen.s_date, chosen.s_reason,
    chosen.g_points, chosen.g_date, chosen.g_reason,
    chosen.total_points, chosen.total_date, chosen.total_reason,
    chosen.csr_points, chosen.csr_date, chosen.csr_reason,
    chosen.pillar_self, chosen.total_self, chosen.csr_self,
    about.csr_report_date,
    COALESCE(about.provider_cnt, 0) AS provider_cnt,
    COALESCE(chosen.total_points, CAST(CAST((chosen.e_points + chosen.s_points + chosen.g_points)
      / CAST(3 AS DECIMAL(18, 2)) AS DECIMAL(28, 10)) AS DECIMAL(18, 10))) AS esg_points,
    CASE
      WHEN chosen.total_points IS NOT NULL THEN 'stated'
      WHEN chosen.e_points IS NOT NULL AND chosen.s_points IS NOT NULL AND chosen.g_points IS NOT NULL
        THEN 'pillar_mean'
    END AS total_basis,
    CASE WHEN night.report_cnt = 0 THEN 'not_connected' ELSE 'no_report' END AS nothing,
    CASE
      WHEN penalties.case_cnt IS NULL AND covered.customer_id IS NULL
        THEN CASE WHEN night.penalty_cnt = 0 THEN 'not_connected' ELSE 'not_asked' END
    END AS penalty_reason,
    COALESCE(penalties.case_cnt, 0) AS case_cnt,
    CASE WHEN COALESCE(penalties.no_fx_cnt, 0) = 0 THEN COALESCE(penalties.fine_base, 0) END AS fine_base,
    penalties.last_date
  FROM core.customer AS customer
  CROSS JOIN night
  LEFT JOIN chosen ON chosen.customer_id = customer.customer_id
  LEFT JOIN about ON about.customer_id = customer.customer_id
  LEFT JOIN penalties ON penalties.customer_id = customer.customer_id
  LEFT JOIN covered ON covered.customer_id = customer.customer_id
)

SELECT
  customer_id,
  CAST(e_points AS DECIMAL(18, 6)) AS esg_e,
  CASE WHEN e_points IS NOT NULL THEN e_date END AS esg_e_date,
  CASE WHEN e_points IS NULL THEN COALESCE(e_reason, nothing) END AS esg_e_reason,
  CAST(s_points AS DECIMAL(18, 6)) AS esg_s,
  CASE WHEN s_points IS NOT NULL THEN s_date END AS esg_s_date,
  CASE WHEN s_points IS NULL THEN COALESCE(s_reason, nothing) END AS esg_s_reason,
  CAST(g_points AS DECIMAL(18, 6)) AS esg_g,
  CASE WHEN g_points IS NOT NULL THEN g_date END AS esg_g_date,
  CASE WHEN g_points IS NULL THEN COALESCE(g_reason, nothing) END AS esg_g_reason,
  CAST(esg_points AS DECIMAL(18, 6)) AS esg_total,
  total_basis AS esg_total_basis,
  CASE total_basis
    WHEN 'stated' THEN total_date
    WHEN 'pillar_mean' THEN LEAST(e_date, s_date, g_date)
  END AS esg_total_date,
  CASE WHEN esg_points IS NULL THEN COALESCE(total_reason, nothing) END AS esg_total_reason,
  CASE total_basis WHEN 'stated' THEN total_self = 1 WHEN 'pillar_mean' THEN pillar_self = 1 END
    AS esg_is_self_reported,
  CAST(COALESCE(csr_points, esg_points) AS DECIMAL(18, 6)) AS csr_score,
  CASE
    WHEN csr_points IS NOT NULL THEN 'report'
    WHEN total_basis = 'stated' THEN 'stated_total'
    ELSE total_basis
  END AS csr_basis,
  CASE
    WHEN csr_points IS NOT NULL THEN csr_date
    WHEN total_basis = 'stated' THEN total_date
    WHEN total_basis = 'pillar_mean' THEN LEAST(e_date, s_date, g_date)
  END AS csr_date,
  CASE WHEN csr_points IS NULL AND esg_points IS NULL THEN COALESCE(csr_reason, total_reason, nothing) END
    AS csr_score_reason,
  CASE
    WHEN csr_points IS NOT NULL THEN csr_self = 1
    WHEN total_basis = 'stated' THEN total_self = 1
    WHEN total_basis = 'pillar_mean' THEN pillar_self = 1
  END AS csr_is_self_reported,
  csr_report_date,
  provider_cnt AS esg_provider_cnt,
  CASE WHEN penalty_reason IS NULL THEN case_cnt END AS environment_penalty_cnt_36m,
  penalty_reason AS environment_penalty_cnt_36m_reason,
  CASE WHEN penalty_reason IS NULL THEN ROUND(fine_base, 2) END AS environment_penalty_amount_36m,
  last_date AS environment_penalty_date
FROM joined
ORDER BY customer_id
