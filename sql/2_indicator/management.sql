-- management: how is each customer run, as far as we looked ourselves, and how complete is its file?
--
-- Of each form the last one filled in with at least one answer in points counts, of the last 36 months; an
-- answer is put on 0 to 100 by its own scale and weighs what the form says. Identity is verified when a
-- registry's record was matched by its number or by a person, or when a form about it was filled in and every
-- answer is in the better half; a name alone verifies nobody.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R1-50, R1-51, R1-71, R2-04, R3-02, R3-70, R4-36, R4-43, R4-63, R4-74, R4-97, R4-103; A0.1 Admission.
--
-- Columns
--   customer_id            VARCHAR        the customer
--   mgmt_score             DECIMAL(18,6)  points 0 to 100, management and its rules; NULL: see mgmt_score_reason [R1-50]
--   mgmt_n                 BIGINT         answers in points behind it
--   mgmt_date              DATE           the day of the form; NULL: none
--   mgmt_score_reason      VARCHAR        not_connected, no_form, only_words, only_old_forms; NULL: there are points
--   ops_capacity_score     DECIMAL(18,6)  points 0 to 100, production and capacity; NULL: see its reason [R1-51]
--   ops_capacity_n         BIGINT         answers in points behind it
--   ops_capacity_date      DATE           the day of the form; NULL: none
--   ops_capacity_score_reason VARCHAR     as mgmt_score_reason
--   scm_score              DECIMAL(18,6)  points 0 to 100, its supply chain; NULL: see its reason [R1-51]
--   scm_n                  BIGINT         answers in points behind it
--   scm_date               DATE           the day of the form; NULL: none
--   scm_score_reason       VARCHAR        as mgmt_score_reason
--   site_visit_score       DECIMAL(18,6)  points 0 to 100, what we saw on the spot; NULL: see its reason [R3-70]
--   site_visit_n           BIGINT         answers in points behind it
--   site_visit_date        DATE           the day of the visit; NULL: none
--   site_visit_score_reason VARCHAR       as mgmt_score_reason
--   interview_score        DECIMAL(18,6)  points 0 to 100, from interviews; NULL: see its reason [R3-70, R4-63]
--   interview_n            BIGINT         answers in points behind it
--   interview_date         DATE           the day of the interview; NULL: none
--   interview_score_reason VARCHAR        as mgmt_score_reason
--   business_model_score   DECIMAL(18,6)  points 0 to 100, its business model and market position; NULL: see its reason [R2-04]
--   business_model_n       BIGINT         answers in points behind it
--   business_model_date    DATE           the day of the form; NULL: none
--   business_model_score_reason VARCHAR   as mgmt_score_reason
--   survey_score           DECIMAL(18,6)  points 0 to 100, its answers to our satisfaction form; NULL: see its reason [R4-74]
--   survey_n               BIGINT         answers in points behind it
--   survey_date            DATE           the day of the form; NULL: none
--   survey_score_reason    VARCHAR        as mgmt_score_reason
--   identity_verified      BOOLEAN        it is who it says it is; NULL: see its reason [R1-71]
--   identity_method        VARCHAR        registry: matched by number or by a person; form: we looked ourselves; NULL: neither
--   identity_date          DATE           the last day it was checked; NULL: it was not
--   identity_verified_reason VARCHAR      name_only: a registry's record matched by name alone; not_checked; NULL: there is an answer
--   has_registration       BOOLEAN        a registry's record was matched
--   registration_date      DATE           the last day the registry sent it; NULL: none
--   has_statement          BOOLEAN        there are yearly accounts, however old
--   statement_date         DATE           last day of the newest accounts; NULL: none
--   bg_check               BOOLEAN        background check: registration and accounts are both there [R4-97]
--   file_completeness      DECIMAL(18,6)  fraction of the parts of a credit file that are there; a person needs neither registration nor accounts [R4-43]
--   file_part_cnt          BIGINT         parts this customer's file needs: 12, of a person 10
--   file_missing           VARCHAR        the parts that are missing, in codes separated by `; `; empty: none

WITH

night AS (
  SELECT
    book.months_36_start,
    (SELECT COUNT(*) FROM current.questionnaire_answer WHERE NOT is_deleted) AS answer_cnt
  FROM policy.book
),

answer AS (
  SELECT
    customer_id,
    form,
    response_id,
    question_id,
    answered_on,
    COALESCE(weight, 1) AS weight,
    CASE
      WHEN score BETWEEN LEAST(COALESCE(score_min, 1), COALESCE(score_max, 5))
        AND GREATEST(COALESCE(score_min, 1), COALESCE(score_max, 5))
        THEN TRY_CAST(
          (CAST(score AS DECIMAL(28, 6)) - COALESCE(score_min, 1)) * 100
          / NULLIF(CAST(COALESCE(score_max, 5) AS DECIMAL(28, 6)) - COALESCE(score_min, 1), 0)
        AS DECIMAL(28, 10))
    END AS points
  FROM current.questionnaire_answer
  WHERE NOT is_deleted AND answered_on <= CAST(:as_of AS DATE)
),

-- A form is dated by its last answer. Its weights may leave nothing to divide by: then it has no points.
filled AS (
  SELECT
    customer_id,
    form,
    response_id,
    MAX(answered_on) AS filled_on,
    COUNT(points) AS answer_cnt,
    MIN(points) AS least_points,
    SUM(points * CAST(weight AS DECIMAL(10, 6))) AS weighted_points,
    SUM(CASE WHEN points IS NOT NULL THEN weight END) AS weight
  FROM answer
  GROUP BY customer_id, form, response_id
),

ranked AS (
  SELECT
    filled.*,
    COALESCE(filled.weight, 0) > 0 AS has_points,
    CAST(CAST(filled.weighted_points / NULLIF(filled.weight, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 10))
      AS points,
    filled.filled_on > night.months_36_start AS is_recent,
    ROW_NUMBER() OVER (
      PARTITION BY filled.customer_id, filled.form
      ORDER BY
        CASE WHEN filled.weight > 0 THEN 1 ELSE 2 END,
        filled.filled_on DESC,
        filled.response_id
    ) AS place
  FROM filled
  CROSS JOIN night
),

chosen AS (
  SELECT
    customer_id,
    form,
    answer_cnt,
    filled_on,
    least_points,
    CASE WHEN has_points AND is_recent THEN points END AS points,
    CASE WHEN NOT has_points THEN 'only_words' WHEN NOT is_recent THEN 'only_old_forms' END AS reason
  FROM ranked
  WHERE place = 1
),

forms AS (
  SELECT
    customer_id,
    MAX(CASE WHEN form = 'management' THEN points END) AS mgmt_points,
    MAX(CASE WHEN form = 'management' AND reason IS NULL THEN answer_cnt END) AS mgmt_n,
    MAX(CASE WHEN form = 'management' AND reason IS NULL THEN filled_on END) AS mgmt_date,
    MAX(CASE WHEN form = 'management' THEN reason END) AS mgmt_reason,
    MAX(CASE WHEN form = 'operations' THEN points END) AS ops_points,
    MAX(CASE WHEN form = 'operations' AND reason IS NULL THEN answer_cnt END) AS ops_n,
    MAX(CASE WHEN form = 'operations' AND reason IS NULL THEN filled_on END) AS ops_date,
    MAX(CASE WHEN form = 'operations' THEN reason END) AS ops_reason,
    MAX(CASE WHEN form = 'supply_chain' THEN points END) AS scm_points,
    MAX(CASE WHEN form = 'supply_chain' AND reason IS NULL THEN answer_cnt END) AS scm_n,
    MAX(CASE WHEN form = 'supply_chain' AND reason IS NULL THEN filled_on END) AS scm_date,
    MAX(CASE WHEN form = 'supply_chain' THEN reason END) AS scm_reason,
    MAX(CASE WHEN form = 'site_visit' THEN points END) AS visit_points,
    MAX(CASE WHEN form = 'site_visit' AND reason IS NULL THEN answer_cnt END) AS visit_n,
    MAX(CASE WHEN form = 'site_visit' AND reason IS NULL THEN filled_on END) AS visit_date,
    MAX(CASE WHEN form = 'site_visit' THEN reason END) AS visit_reason,
    MAX(CASE WHEN form = 'interview' THEN points END) AS interview_points,
    MAX(CASE WHEN form = 'interview' AND reason IS NULL THEN answer_cnt END) AS interview_n,
    MAX(CASE WHEN form = 'interview' AND reason IS NULL THEN filled_on END) AS interview_date,
    MAX(CASE WHEN form = 'interview' THEN reason END) AS interview_reason,
    MAX(CASE WHEN form = 'business_model' THEN points END) AS model_points,
    MAX(CASE WHEN form = 'business_model' AND reason IS NULL THEN answer_cnt END) AS model_n,
    MAX(CASE WHEN form = 'business_model' AND reason IS NULL THEN filled_on END) AS model_date,
    MAX(CASE WHEN form = 'business_model' THEN reason END) AS model_reason,
    MAX(CASE WHEN form = 'satisfaction' THEN points END) AS survey_points,
    MAX(CASE WHEN form = 'satisfaction' AND reason IS NULL THEN answer_cnt END) AS survey_n,
    MAX(CASE WHEN form = 'satisfaction' AND reason IS NULL THEN filled_on END) AS survey_date,
    MAX(CASE WHEN form = 'satisfaction' THEN reason END) AS survey_reason,
    MAX(CASE WHEN form = 'identity' AND reason IS NULL THEN least_points END) AS identity_least,
    MAX(CASE WHEN form = 'identity' AND reason IS NULL THEN filled_on END) AS identity_date,
    MAX(CASE WHEN form IN ('management', 'operations', 'supply_chain', 'site_visit', 'business_model')
      AND reason IS NULL THEN 1 ELSE 0 END) AS has_form
  FROM chosen
  GROUP BY customer_id
),

registered AS (
  SELECT
    link.customer_id,
    MAX(CASE WHEN link.is_certain THEN 1 ELSE 0 END) AS is_certain,
    MAX(registration.known_on) AS known_on,
    MAX(CASE WHEN link.is_certain THEN registration.known_on END) AS certain_on
  FROM match.record_link AS link
  JOIN current.registration AS registration
    ON link.record_key = registration.provider || '|' || registration.record_id || '|'
      || COALESCE(registration.customer_id, '')
  WHERE link.state = 'accepted' AND link.record_kind = 'registration' AND NOT registration.is_deleted
  GROUP BY link.customer_id
),

accounts AS (
  SELECT customer_id, period_end
  FROM event.statement
  WHERE year_no = 0
),

agency AS (
  SELECT DISTINCT customer_id
  FROM match.record_link
  WHERE state = 'accepted' AND record_kind IN ('bureau_score', 'bureau_line', 'tax_credit')
),

-- A product that brings scores, tax levels, registrations or accounts was not asked about courts and lists.
opinion AS (
  SELECT DISTINCT provider, product FROM current.bureau_score WHERE product IS NOT NULL
  UNION
  SELECT DISTINCT provider, product FROM current.tax_credit WHERE product IS NOT NULL
  UNION
  SELECT DISTINCT provider, product FROM current.registration WHERE product IS NOT NULL
  UNION
  SELECT DISTINCT provider, product FROM current.statement WHERE product IS NOT NULL
),

asked AS (
  SELECT inquiry.customer_id
  FROM core.inquiry
  LEFT JOIN opinion
    ON opinion.provider = inquiry.provider AND opinion.product = inquiry.product
  WHERE inquiry.answered_on IS NOT NULL
    AND opinion.product IS NULL
    AND inquiry.product NOT IN (
      'score', 'bureau_score', 'tax_credit', 'basic_details', 'base_info', 'lei-records', 'registration'
    )
  UNION
  -- What a customer claims from others answers nothing about it (A9).
  SELECT customer_id FROM core.legal_record WHERE is_claimed_from
),

referred AS (
  SELECT DISTINCT customer_id
  FROM current.trade_reference
  WHERE NOT is_deleted AND given_on <= CAST(:as_of AS DATE)
),

numbered AS (
  SELECT DISTINCT customer_id
  FROM current.party_identifier
  WHERE NOT is_deleted AND scheme <> 'provider_id'
),

part AS (
  SELECT
    customer.customer_id,
    customer.customer_name IS NOT NULL AS has_name,
    COALESCE(described.address, described.city) IS NOT NULL AS has_address,
    COALESCE(described.contact_name, described.phone, described.email) IS NOT NULL AS has_contact,
    COALESCE(described.industry_code, described.industry) IS NOT NULL AS has_industry,
    described.payment_terms_days IS NOT NULL AS has_terms,
    numbered.customer_id IS NOT NULL OR registered.customer_id IS NOT NULL AS has_number,
    COALESCE(described.party_type = 'person', FALSE) AS is_person,
    registered.customer_id IS NOT NULL AS has_registration,
    COALESCE(registered.is_certain, 0) = 1 AS is_certain,
    registered.known_on AS registration_date,
    registered.certain_on,
    accounts.customer_id IS NOT NULL AS has_statement,
    accounts.period_end AS statement_date,
    agency.customer_id IS NOT NULL AS has_agency,
    asked.customer_id IS NOT NULL AS has_inquiry,
    COALESCE(forms.has_form, 0) = 1 AS has_form,
    referred.customer_id IS NOT NULL AS has_reference
  FROM core.customer AS customer
  LEFT JOIN current.customer AS described
    ON described.customer_id = customer.customer_id AND NOT described.is_deleted
  LEFT JOIN forms ON forms.customer_id = customer.customer_id
  LEFT JOIN registered ON registered.customer_id = customer.customer_id
  LEFT JOIN accounts ON accounts.customer_id = customer.customer_id
  LEFT JOIN agency ON agency.customer_id = customer.customer_id
  LEFT JOIN asked ON asked.customer_id = customer.customer_id
  LEFT JOIN referred ON referred.customer_id = customer.customer_id
  LEFT JOIN numbered ON numbered.customer_id = customer.customer_id
),

missing AS (
  SELECT
    part.*,
    CASE WHEN is_person THEN 10 ELSE 12 END AS part_cnt,
    CASE WHEN has_name THEN '' ELSE '; name' END
      || CASE WHEN has_address THEN '' ELSE '; address' END
      || CASE WHEN has_contact THEN '' ELSE '; contact' END
      || CASE WHEN has_industry THEN '' ELSE '; industry' END
      || CASE WHEN has_terms THEN '' ELSE '; payment_terms' END
      || CASE WHEN has_number THEN '' ELSE '; official_number' END
      || CASE WHEN has_registration OR is_person THEN '' ELSE '; registration' END
      || CASE WHEN has_statement OR is_person THEN '' ELSE '; statement' END
      || CASE WHEN has_agency THEN '' ELSE '; bureau_report' END
      || CASE WHEN has_inquiry THEN '' ELSE '; legal_inquiry' END
      || CASE WHEN has_form THEN '' ELSE '; questionnaire' END
      || CASE WHEN has_reference THEN '' ELSE '; trade_reference' END AS codes,
    CASE WHEN has_name THEN 0 ELSE 1 END
      + CASE WHEN has_address THEN 0 ELSE 1 END
      + CASE WHEN has_contact THEN 0 ELSE 1 END
      + CASE WHEN has_industry THEN 0 ELSE 1 END
      + CASE WHEN has_terms THEN 0 ELSE 1 END
      + CASE WHEN has_number THEN 0 ELSE 1 END
      + CASE WHEN has_registration OR is_person THEN 0 ELSE 1 END
      + CASE WHEN has_statement OR is_person THEN 0 ELSE 1 END
      + CASE WHEN has_agency THEN 0 ELSE 1 END
      + CASE WHEN has_inquiry THEN 0 ELSE 1 END
      + CASE WHEN has_form THEN 0 ELSE 1 END
      + CASE WHEN has_reference THEN 0 ELSE 1 END AS missing_cnt
  FROM part
),

joined AS (
  SELECT
    missing.*,
    CAST(CAST((missing.part_cnt - missing.missing_cnt) / CAST(missing.part_cnt AS DECIMAL(18, 2))
      AS DECIMAL(28, 10)) AS DECIMAL(18, 10)) AS completeness,
    forms.mgmt_points, forms.mgmt_n, forms.mgmt_date, forms.mgmt_reason,
    forms.ops_points, forms.ops_n, forms.ops_date, forms.ops_reason,
    forms.scm_points, forms.scm_n, forms.scm_date, forms.scm_reason,
    forms.visit_points, forms.visit_n, forms.visit_date, forms.visit_reason,
    forms.interview_points, forms.interview_n, forms.interview_date, forms.interview_reason,
    forms.model_points, forms.model_n, forms.model_date, forms.model_reason,
    forms.survey_points, forms.survey_n, forms.survey_date, forms.survey_reason,
    forms.identity_date,
    -- The middle of a scale is 50 on ours; 0 or 1 for no and yes comes out at either end.
    forms.identity_least >= 50 AS is_identity_fine,
    CASE WHEN night.answer_cnt = 0 THEN 'not_connected' ELSE 'no_form' END AS nothing
  FROM missing
  CROSS JOIN night
  LEFT JOIN forms ON forms.customer_id = missing.customer_id
)

SELECT
  customer_id,
  CAST(mgmt_points AS DECIMAL(18, 6)) AS mgmt_score,
  COALESCE(mgmt_n, 0) AS mgmt_n,
  mgmt_date,
  CASE WHEN mgmt_points IS NULL THEN COALESCE(mgmt_reason, nothing) END AS mgmt_score_reason,
  CAST(ops_points AS DECIMAL(18, 6)) AS ops_capacity_score,
  COALESCE(ops_n, 0) AS ops_capacity_n,
  ops_date AS ops_capacity_date,
  CASE WHEN ops_points IS NULL THEN COALESCE(ops_reason, nothing) END AS ops_capacity_score_reason,
  CAST(scm_points AS DECIMAL(18, 6)) AS scm_score,
  COALESCE(scm_n, 0) AS scm_n,
  scm_date,
  CASE WHEN scm_points IS NULL THEN COALESCE(scm_reason, nothing) END AS scm_score_reason,
  CAST(visit_points AS DECIMAL(18, 6)) AS site_visit_score,
  COALESCE(visit_n, 0) AS site_visit_n,
  visit_date AS site_visit_date,
  CASE WHEN visit_points IS NULL THEN COALESCE(visit_reason, nothing) END AS site_visit_score_reason,
  CAST(interview_points AS DECIMAL(18, 6)) AS interview_score,
  COALESCE(interview_n, 0) AS interview_n,
  interview_date,
  CASE WHEN interview_points IS NULL THEN COALESCE(interview_reason, nothing) END
    AS interview_score_reason,
  CAST(model_points AS DECIMAL(18, 6)) AS business_model_score,
  COALESCE(model_n, 0) AS business_model_n,
  model_date AS business_model_date,
  CASE WHEN model_points IS NULL THEN COALESCE(model_reason, nothing) END
    AS business_model_score_reason,
  CAST(survey_points AS DECIMAL(18, 6)) AS survey_score,
  COALESCE(survey_n, 0) AS survey_n,
  survey_date,
  CASE WHEN survey_points IS NULL THEN COALESCE(survey_reason, nothing) END AS survey_score_reason,
  CASE WHEN is_certain THEN TRUE ELSE is_identity_fine END AS identity_verified,
  CASE WHEN is_certain THEN 'registry' WHEN is_identity_fine IS NOT NULL THEN 'form' END
    AS identity_method,
  CASE WHEN is_certain THEN certain_on WHEN is_identity_fine IS NOT NULL THEN identity_date END
    AS identity_date,
  CASE
    WHEN is_certain OR is_identity_fine IS NOT NULL THEN NULL
    WHEN has_registration THEN 'name_only'
    ELSE 'not_checked'
  END AS identity_verified_reason,
  has_registration,
  registration_date,
  has_statement,
  statement_date,
  has_registration AND has_statement AS bg_check,
  CAST(completeness AS DECIMAL(18, 6)) AS file_completeness,
  part_cnt AS file_part_cnt,
  SUBSTRING(codes, 3) AS file_missing
FROM joined
ORDER BY customer_id
