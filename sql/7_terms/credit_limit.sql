-- credit_limit: what limit and what terms does each customer get, and how near is it to its line?
--
-- Every method of C10 with its own amount; the policy says which of them the recommended limit is made of. What people
-- granted (measure.granted_limit) outranks it. NULL: none is set. 0: none is granted. The warning line is the worst of
-- three: utilisation, the oldest overdue item, the score. Lines compare money with money; utilisation is to read.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R3-12, R3-20..R3-22, R3-42, R3-50, R4-40, R4-42, R4-61, R4-65, R4-101, R4-105, R4-107; C10; Q21, Q23,
-- Q26; I5, I13, I21, I23, I24; A0.1 Order of precedence, Words, Admission.
--
-- Columns
--   policy_id               VARCHAR        the policy
--   customer_id             VARCHAR        the customer
--   is_active               BOOLEAN        the policy the book is run under
--   base_currency           VARCHAR        of every amount in this row
--   final_grade             VARCHAR        what limit and terms follow from
--   terms_grade             VARCHAR        the grade whose terms it gets: admitted without a history, the policy's
--   net_worth_amount        DECIMAL(28,2)  input: equity of the latest accounts; NULL: net_worth_reason
--   net_worth_date          DATE           the day of them
--   working_capital_amount  DECIMAL(28,2)  input: current assets less current liabilities; NULL: net_worth_reason
--   net_worth_reason        VARCHAR        no_statement, unit_mix, no_fx, not_stated; NULL: there is one
--   purchases_amount_12m    DECIMAL(28,2)  input: billed in 12 months less credit notes; NULL: purchases_reason
--   purchases_reason        VARCHAR        never_billed, no_purchases, no_fx; NULL: there are some
--   high_credit_amount      DECIMAL(28,2)  input: median of what other suppliers granted; NULL: no_reference, no_fx
--   own_sales_amount        DECIMAL(28,2)  input: our sales of 12 months to everybody; NULL: nobody was billed
--   agency_limit_amount     DECIMAL(28,2)  input: the agency's limit; NULL: no_limit_stated, no_fx
--   insured_limit           DECIMAL(28,2)  input: the most that is insured; NULL: none known
--   requirement_days        INTEGER        input: the terms days of its grade and the policy's buffer
--   practice_class          VARCHAR        input: its class in the Chinese rule, AAA to C
--   limit_net_worth         DECIMAL(28,6)  a share of net worth; 0: overindebted; NULL: net_worth_reason [C10]
--   limit_working_capital   DECIMAL(28,6)  a share of working capital; NULL: as limit_net_worth [C10]
--   limit_requirement       DECIMAL(28,6)  purchases a day for requirement_days; NULL: purchases_reason [C10]
--   limit_trade_reference   DECIMAL(28,6)  high_credit_amount; NULL: as that [C10]
--   limit_own_sales         DECIMAL(28,6)  a share of own_sales_amount; NULL: as that [C10]
--   limit_practice          DECIMAL(28,6)  monthly purchases times months times risk factor; NULL: purchases_reason [C10]
--   limit_agency            DECIMAL(28,6)  agency_limit_amount; NULL: as that [C10]
--   limit_average           DECIMAL(28,6)  mean of net worth, trade reference and requirement; NULL: one is missing [C10]
--   limit_prudent           DECIMAL(28,6)  the least of net worth, requirement and own sales; NULL: neither of the first two [C10]
--   limit_insured           DECIMAL(28,6)  A + B x C: the limit without cover and the counted part of what is insured; NULL: nothing is insured [C10]
--   basis_amount            DECIMAL(28,6)  the policy's combination of methods; NULL: none of them has its inputs
--   basis_method            VARCHAR        the method that decided, average: all together; NULL: none
--   limit_factor            DECIMAL(18,4)  the grade's factor times the segment's
--   cap_amount              DECIMAL(28,2)  the least of the policy's caps; NULL: no cap
--   cap_kind                VARCHAR        agency, own_sales, season, policy: which cap lowered the limit; NULL: none did
--   credit_limit_recommended DECIMAL(28,2) rounded down to the policy's step; 0: none; NULL: limit_reason [R3-20, R4-105]
--   recommended_from        VARCHAR        methods, starter, rejected; NULL: no recommendation
--   credit_limit            DECIMAL(28,2)  the limit in force; 0: none is granted; NULL: limit_reason [R3-20]
--   limit_reason            VARCHAR        none_set, no_fx; NULL: there is a limit
--   limit_source            VARCHAR        temporary, approved, policy, suspended; NULL: limit_reason
--   limit_valid_until       DATE           the last day of it; NULL: until another takes its place
--   limit_decided_on        DATE           the day people granted it; NULL: they did not
--   limit_approver          VARCHAR        who approved it; NULL: the policy alone
--   suspended_limit         DECIMAL(28,2)  what is suspended, not lost; NULL: nothing is
--   suspended_reason        VARCHAR        dormant, rejected; NULL: not suspended
--   requested_amount        DECIMAL(28,2)  asked for and not decided yet; NULL: nothing
--   payment_terms_days      INTEGER        days of credit [R3-21]
--   agreed_terms_days       INTEGER        days in the customer's record; NULL: not stated
--   prepay_share            DECIMAL(9,6)   fraction to be paid before delivery [R3-21, R3-50, R4-101]
--   deposit_amount          DECIMAL(28,2)  deposit asked for: a share of the limit in force; NULL: limit_reason [R3-50]
--   deposit_held            DECIMAL(28,2)  deposit we hold; NULL: no source brings securities
--   is_guarantee_required   BOOLEAN        the grade is sold to against security only [R4-101]
--   price_adjustment        DECIMAL(9,6)   fraction on the price: below 0 a discount [R4-42, R4-65]
--   terms_code              VARCHAR        OPEN, PART_PREPAY, PREPAY, REFUSED [R4-107]
--   review_date             DATE           when people look at their limit again; NULL: the policy renews it every night
--   exposure_amount         DECIMAL(28,2)  what counts against the limit; NULL: no_fx
--   available_amount        DECIMAL(28,2)  what is left of the limit, 0 or more; NULL: no limit, no_fx
--   utilisation             DECIMAL(18,6)  fraction exposure / limit, to read; NULL: no limit, limit 0, no_fx, a million millions and more [R3-22]
--   is_over_limit           BOOLEAN        exposure above the limit; NULL: no limit, no_fx
--   group_id                VARCHAR        its group
--   group_exposure_amount   DECIMAL(28,2)  exposure of all members; NULL: no_fx
--   group_limit_amount      DECIMAL(28,2)  the members' limits, each legal party once, up to the policy's cap; NULL: a member has none
--   is_over_group_limit     BOOLEAN        the group's exposure above its limit; NULL: unknown
--   utilisation_colour      VARCHAR        green, amber, red; NULL: no limit, no_fx
--   overdue_colour          VARCHAR        green, amber, red, by the oldest overdue item
--   score_colour            VARCHAR        green, amber, red, by the score; NULL: no score, or the policy draws no such line
--   warning_colour          VARCHAR        the worst of the three [R3-22]
--   warning_line            VARCHAR        utilisation, overdue, score: the first that is as bad; NULL: green
--   warning_state           VARCHAR        ok, near, over; none_set: no limit and nothing else to warn of [R3-22]

WITH

book AS (
  SELECT SUM(GREATEST(purchases_amount_12m, 0)) AS own_sales_amount
  FROM indicator.trade
),

-- A listed veto refuses everybody; a failed admission only whom nothing else gives a grade and nobody a limit.
graded AS (
  SELECT
    credit_grade.policy_id, credit_grade.customer_id, credit_grade.is_active,
    credit_grade.final_grade, credit_grade.nr_reason,
    COALESCE(credit_grade.hard_combo = 'AAA', FALSE) AND credit_grade.final_grade = 'A' AS is_aaa,
    CASE
      WHEN credit_grade.final_grade = 'NR' AND admission.is_applicable
        AND admission.adm_decision = 'admit' THEN terms.admitted_as
      ELSE credit_grade.final_grade
    END AS terms_grade,
    credit_grade.listed_veto IS NOT NULL
      OR (
        credit_grade.final_grade = 'NR' AND admission.is_applicable
        AND admission.adm_decision = 'reject' AND granted_limit.granted_kind IS NULL
      ) AS is_rejected,
    segment.limit_factor AS segment_factor,
    CASE WHEN credit_grade.scorecard_grade <> 'NR' THEN credit_grade.scorecard_score END AS score,
    credit_grade.scorecard_grade,
    scorecard.c_from
  FROM grade.credit_grade
  JOIN policy.terms ON terms.policy_id = credit_grade.policy_id
  JOIN grade.admission
    ON admission.policy_id = credit_grade.policy_id
    AND admission.customer_id = credit_grade.customer_id
  JOIN measure.segment
    ON segment.policy_id = credit_grade.policy_id
    AND segment.customer_id = credit_grade.customer_id
  LEFT JOIN measure.granted_limit ON granted_limit.customer_id = credit_grade.customer_id
  LEFT JOIN policy.scorecard ON scorecard.scorecard_id = credit_grade.scorecard_id
),

input AS (
  SELECT
    graded.*,
    exposure.base_currency,
    finance.net_worth_amount,
    finance.statement_date,
    finance.working_capital_amount,
    CASE
      WHEN finance.net_worth_amount IS NULL THEN COALESCE(finance.amount_reason, 'not_stated')
    END AS net_worth_reason,
    CASE WHEN trade.purchases_amount_12m > 0 THEN trade.purchases_amount_12m END AS purchases_amount,
    CASE
      WHEN trade.purchases_amount_12m > 0 THEN NULL
      WHEN customer.first_sale_date IS NULL THEN 'never_billed'
      WHEN trade.purchases_amount_12m IS NULL THEN 'no_fx'
      ELSE 'no_purchases'
    END AS purchases_reason,
    bureau.ref_high_credit_median AS high_credit_amount,
    book.own_sales_amount,
    bureau.agency_limit_amount,
    CASE WHEN mitigation.insured_limit > 0 THEN mitigation.insured_limit END AS insured_limit,
    mitigation.deposit_held,
    exposure.exposure_amount,
    exposure.overdue_amount,
    exposure.oldest_overdue_days
  FROM graded
  JOIN core.customer ON customer.customer_id = graded.customer_id
  CROSS JOIN book
  LEFT JOIN measure.exposure ON exposure.customer_id = graded.customer_id
  LEFT JOIN indicator.trade ON trade.customer_id = graded.customer_id
  LEFT JOIN indicator.finance ON finance.customer_id = graded.customer_id
  LEFT JOIN indicator.bureau ON bureau.customer_id = graded.customer_id
  LEFT JOIN indicator.mitigation ON mitigation.customer_id = graded.customer_id
),

-- One line a method: the formulas of C10.
method AS (
  SELECT
    input.*,
    grade_terms.factor, grade_terms.terms_days, grade_terms.prepay_share,
    grade_terms.deposit_share, grade_terms.guarantee_required, grade_terms.price_adjustment,
    grade_terms.review_days,
    CASE WHEN is_aaa THEN grade_terms.best_practice_class ELSE grade_terms.practice_class END
      AS practice_class,
    grade_terms.terms_days + terms.buffer_days AS requirement_days,
    CAST(CASE WHEN input.net_worth_amount < 0 THEN 0 ELSE input.net_worth_amount END
      * terms.net_worth_share AS DECIMAL(28, 6)) AS net_worth,
    CAST(CASE WHEN input.working_capital_amount < 0 THEN 0 ELSE input.working_capital_amount END
      * terms.working_capital_share AS DECIMAL(28, 6)) AS working_capital,
    CAST(CAST(
      input.purchases_amount * (grade_terms.terms_days + terms.buffer_days) / 365
      AS DECIMAL(28, 10)) AS DECIMAL(28, 6)) AS requirement,
    CAST(input.high_credit_amount AS DECIMAL(28, 6)) AS trade_reference,
    CAST(input.own_sales_amount * terms.own_sales_share AS DECIMAL(28, 6)) AS own_sales,
    CAST(CAST(
      input.purchases_amount * terms.practice_months
      * CASE WHEN is_aaa THEN grade_terms.best_practice_factor ELSE grade_terms.practice_factor END
      / 12 AS DECIMAL(28, 10)) AS DECIMAL(28, 6)) AS practice,
    CAST(input.agency_limit_amount AS DECIMAL(28, 6)) AS agency,
    CAST(CAST(
      input.purchases_amount * terms.seasonal_cap_months / 12
      AS DECIMAL(28, 10)) AS DECIMAL(28, 2)) AS season_cap
  FROM input
  JOIN policy.terms ON terms.policy_id = input.policy_id
  JOIN policy.grade_terms
    ON grade_terms.policy_id = input.policy_id AND grade_terms.grade = input.terms_grade
),

-- Which of them the policy counts.
counted AS (
  SELECT
    method.*,
    CASE WHEN terms.counts_net_worth THEN net_worth END AS by_net_worth,
    CASE WHEN terms.counts_working_capital THEN working_capital END AS by_working_capital,
    CASE WHEN terms.counts_requirement THEN requirement END AS by_requirement,
    CASE WHEN terms.counts_trade_reference THEN trade_reference END AS by_trade_reference,
    CASE WHEN terms.counts_own_sales THEN own_sales END AS by_own_sales,
    CASE WHEN terms.counts_practice THEN practice END AS by_practice,
    CASE WHEN terms.counts_agency THEN agency END AS by_agency,
    terms.counts_requirement OR terms.counts_practice AS counts_purchases,
    CASE WHEN terms.agency_is_cap THEN agency_limit_amount END AS agency_cap,
    CASE WHEN terms.own_sales_is_cap THEN CAST(own_sales AS DECIMAL(28, 2)) END AS own_sales_cap,
    CAST(terms.max_amount AS DECIMAL(28, 2)) AS policy_cap,
    CAST(CASE WHEN terms.use_grade_factor OR method.factor = 0 THEN method.factor ELSE 1 END
      * method.segment_factor AS DECIMAL(18, 4)) AS limit_factor
  FROM method
  JOIN policy.terms ON terms.policy_id = method.policy_id
),

combined AS (
  SELECT
    counted.*,
    CASE terms.combine
      WHEN 'min' THEN LEAST(
        by_net_worth, by_working_capital, by_requirement, by_trade_reference, by_own_sales,
        by_practice, by_agency
      )
      ELSE CAST(CAST(
        (COALESCE(by_net_worth, 0) + COALESCE(by_working_capital, 0) + COALESCE(by_requirement, 0)
          + COALESCE(by_trade_reference, 0) + COALESCE(by_own_sales, 0) + COALESCE(by_practice, 0)
          + COALESCE(by_agency, 0))
        / NULLIF(
          CASE WHEN by_net_worth IS NULL THEN 0 ELSE 1 END
          + CASE WHEN by_working_capital IS NULL THEN 0 ELSE 1 END
          + CASE WHEN by_requirement IS NULL THEN 0 ELSE 1 END
          + CASE WHEN by_trade_reference IS NULL THEN 0 ELSE 1 END
          + CASE WHEN by_own_sales IS NULL THEN 0 ELSE 1 END
          + CASE WHEN by_practice IS NULL THEN 0 ELSE 1 END
          + CASE WHEN by_agency IS NULL THEN 0 ELSE 1 END, 0)
        AS DECIMAL(28, 10)) AS DECIMAL(28, 6))
    END AS basis_amount,
    LEAST(agency_cap, own_sales_cap, season_cap, policy_cap) AS cap_amount
  FROM counted
  JOIN policy.terms ON terms.policy_id = counted.policy_id
),

-- Without a grade there is the starter limit, and none at all for who is refused. Purchases that only lack a rate are
-- unknown: the starter limit is not for them.
started AS (
  SELECT
    combined.*,
    CASE
      WHEN is_rejected THEN 'rejected'
      WHEN terms_grade = 'NR' THEN 'starter'
      -- Nothing of whatever the methods say is nothing, known without a rate; and a D gets no starter limit.
      WHEN basis_amount IS NOT NULL OR limit_factor = 0 THEN 'methods'
      WHEN counts_purchases AND purchases_reason = 'no_fx' THEN NULL
      ELSE 'starter'
    END AS recommended_from,
    terms.combine, terms.rounding_step, terms.insurance_mode, terms.insured_counted_share,
    terms.in_force, terms.suspends_dormant, terms.suspends_rejected, terms.starter_amount,
    terms.amber_share, terms.red_share, terms.amber_days, terms.red_days, terms.min_overdue,
    terms.score_margin, terms.group_max_amount
  FROM combined
  JOIN policy.terms ON terms.policy_id = combined.policy_id
),

-- Down to the cent, but not for what six digits took away: 333.333333 times 0.6 is 200.
uncapped AS (
  SELECT
    started.*,
    CASE
      WHEN recommended_from = 'rejected' THEN 0
      WHEN recommended_from = 'starter' THEN starter_amount
      WHEN recommended_from = 'methods' AND limit_factor = 0 THEN 0
      WHEN recommended_from = 'methods' THEN GREATEST(
        CAST(basis_amount * limit_factor - CAST(0.004999 AS DECIMAL(9, 6)) AS DECIMAL(28, 2)), 0
      )
    END AS uncapped_amount
  FROM started
),

capped AS (
  SELECT
    uncapped.*,
    CASE
      WHEN uncapped_amount IS NULL OR COALESCE(cap_amount, uncapped_amount) >= uncapped_amount THEN NULL
      WHEN cap_amount = agency_cap THEN 'agency'
      WHEN cap_amount = own_sales_cap THEN 'own_sales'
      WHEN cap_amount = season_cap THEN 'season'
      ELSE 'policy'
    END AS cap_kind,
    CASE WHEN uncapped_amount IS NOT NULL
      THEN LEAST(uncapped_amount, cap_amount)
    END AS capped_amount
  FROM uncapped
),

rounded AS (
  SELECT capped.*, capped_amount - MOD(capped_amount, rounding_step) AS bare_limit
  FROM capped
),

-- A + B x C (- B where the exposure is counted net of cover): only on top of a limit.
insured AS (
  SELECT
    rounded.*,
    CAST(
      bare_limit + insured_limit * insured_counted_share
      - CASE WHEN insurance_mode = 'exposure' THEN insured_limit ELSE 0 END
      AS DECIMAL(28, 6)) AS with_cover
  FROM rounded
),

recommended AS (
  SELECT
    insured.*,
    CASE
      WHEN insurance_mode = 'off' OR with_cover IS NULL OR bare_limit = 0 THEN bare_limit
      WHEN with_cover < 0 THEN 0
      ELSE CAST(with_cover - MOD(with_cover, rounding_step) AS DECIMAL(28, 2))
    END AS recommended_limit
  FROM insured
),

decided AS (
  SELECT
    recommended.*,
    granted_limit.granted_kind, granted_limit.valid_until, granted_limit.decided_on,
    granted_limit.approver, granted_limit.requested_amount,
    CASE
      WHEN granted_limit.granted_kind IS NOT NULL THEN granted_limit.granted_amount
      WHEN in_force = 'recommended' THEN recommended_limit
    END AS decided_limit,
    CASE
      WHEN granted_limit.granted_reason = 'no_fx' THEN 'no_fx'
      WHEN granted_limit.granted_kind IS NOT NULL THEN NULL
      WHEN in_force = 'recommended' AND recommended_from IS NULL THEN 'no_fx'
      WHEN in_force = 'recommended' AND recommended_limit IS NOT NULL THEN NULL
      ELSE 'none_set'
    END AS decided_reason,
    CASE
      WHEN is_rejected AND suspends_rejected THEN 'rejected'
      WHEN nr_reason = 'dormant' AND suspends_dormant THEN 'dormant'
    END AS suspended_reason
  FROM recommended
  LEFT JOIN measure.granted_limit ON granted_limit.customer_id = recommended.customer_id
),

-- A customer we refuse has no limit even where none was set; a dormant one without a limit has nothing to suspend.
limited AS (
  SELECT
    decided.*,
    CASE
      WHEN suspended_reason = 'rejected' THEN 0
      WHEN suspended_reason = 'dormant' AND decided_limit IS NOT NULL THEN 0
      ELSE decided_limit
    END AS credit_limit
  FROM decided
),

-- A legal party's limit counts once, whatever its customer numbers; its exposures add up.
party AS (
  SELECT
    limited.policy_id, customer_group.group_id, customer_group.party_id,
    MAX(limited.credit_limit) AS limit_amount,
    SUM(limited.exposure_amount) AS exposure_amount,
    COUNT(*) - COUNT(limited.exposure_amount) AS unknown_cnt,
    MIN(limited.group_max_amount) AS group_max_amount
  FROM limited
  JOIN measure.customer_group ON customer_group.customer_id = limited.customer_id
  GROUP BY limited.policy_id, customer_group.group_id, customer_group.party_id
),

grouped AS (
  SELECT
    policy_id, group_id,
    CASE WHEN SUM(unknown_cnt) = 0 THEN SUM(exposure_amount) END AS group_exposure,
    CASE
      WHEN COUNT(limit_amount) < COUNT(*) THEN CAST(MIN(group_max_amount) AS DECIMAL(38, 2))
      ELSE LEAST(SUM(limit_amount), CAST(MIN(group_max_amount) AS DECIMAL(38, 2)))
    END AS group_limit
  FROM party
  GROUP BY policy_id, group_id
),

lined AS (
  SELECT
    limited.*,
    customer_group.group_id, grouped.group_exposure, grouped.group_limit,
    CASE
      WHEN credit_limit IS NULL OR exposure_amount IS NULL THEN NULL
      WHEN credit_limit = 0 AND exposure_amount = 0 THEN 0
      WHEN exposure_amount >= red_share * CAST(credit_limit AS DECIMAL(28, 2)) THEN 2
      WHEN exposure_amount >= amber_share * CAST(credit_limit AS DECIMAL(28, 2)) THEN 1
      ELSE 0
    END AS utilisation_no,
    CASE
      WHEN COALESCE(overdue_amount, min_overdue + 1) <= min_overdue THEN 0
      WHEN oldest_overdue_days >= red_days THEN 2
      WHEN oldest_overdue_days >= amber_days THEN 1
      ELSE 0
    END AS overdue_no,
    CASE
      WHEN score IS NULL OR score_margin IS NULL THEN NULL
      WHEN scorecard_grade = 'D' THEN 2
      WHEN score <= c_from + score_margin THEN 1
      ELSE 0
    END AS score_no
  FROM limited
  JOIN measure.customer_group ON customer_group.customer_id = limited.customer_id
  JOIN grouped
    ON grouped.policy_id = limited.policy_id AND grouped.group_id = customer_group.group_id
),

worst AS (
  SELECT
    lined.*,
    GREATEST(COALESCE(utilisation_no, 0), overdue_no, COALESCE(score_no, 0)) AS warning_no
  FROM lined
)

SELECT
  worst.policy_id,
  worst.customer_id,
  worst.is_active,
  worst.base_currency,
  worst.final_grade,
  worst.terms_grade,
  worst.net_worth_amount,
  worst.statement_date AS net_worth_date,
  worst.working_capital_amount,
  worst.net_worth_reason,
  worst.purchases_amount AS purchases_amount_12m,
  worst.purchases_reason,
  worst.high_credit_amount,
  worst.own_sales_amount,
  worst.agency_limit_amount,
  worst.insured_limit,
  worst.requirement_days,
  worst.practice_class,
  worst.net_worth AS limit_net_worth,
  worst.working_capital AS limit_working_capital,
  worst.requirement AS limit_requirement,
  worst.trade_reference AS limit_trade_reference,
  worst.own_sales AS limit_own_sales,
  worst.practice AS limit_practice,
  worst.agency AS limit_agency,
  CAST(CAST((worst.net_worth + worst.trade_reference + worst.requirement) / 3 AS DECIMAL(28, 10))
    AS DECIMAL(28, 6)) AS limit_average,
  CASE WHEN worst.net_worth IS NOT NULL OR worst.requirement IS NOT NULL
    THEN LEAST(worst.net_worth, worst.requirement, worst.own_sales)
  END AS limit_prudent,
  worst.with_cover AS limit_insured,
  worst.basis_amount,
  CASE
    WHEN worst.basis_amount IS NULL THEN NULL
    WHEN worst.combine = 'average' THEN 'average'
    WHEN worst.by_net_worth = worst.basis_amount THEN 'net_worth'
    WHEN worst.by_working_capital = worst.basis_amount THEN 'working_capital'
    WHEN worst.by_requirement = worst.basis_amount THEN 'requirement'
    WHEN worst.by_trade_reference = worst.basis_amount THEN 'trade_reference'
    WHEN worst.by_own_sales = worst.basis_amount THEN 'own_sales'
    WHEN worst.by_practice = worst.basis_amount THEN 'practice'
    ELSE 'agency'
  END AS basis_method,
  worst.limit_factor,
  worst.cap_amount,
  worst.cap_kind,
  worst.recommended_limit AS credit_limit_recommended,
  CASE WHEN worst.recommended_limit IS NOT NULL THEN worst.recommended_from END AS recommended_from,
  worst.credit_limit,
  CASE WHEN worst.credit_limit IS NULL THEN worst.decided_reason END AS limit_reason,
  CASE
    WHEN worst.credit_limit IS NULL THEN NULL
    WHEN worst.suspended_reason IS NOT NULL THEN 'suspended'
    ELSE COALESCE(worst.granted_kind, 'policy')
  END AS limit_source,
  worst.valid_until AS limit_valid_until,
  worst.decided_on AS limit_decided_on,
  worst.approver AS limit_approver,
  CASE WHEN worst.suspended_reason IS NOT NULL THEN worst.decided_limit END AS suspended_limit,
  worst.suspended_reason,
  worst.requested_amount,
  CASE WHEN worst.is_rejected THEN 0 ELSE worst.terms_days END AS payment_terms_days,
  described.payment_terms_days AS agreed_terms_days,
  CASE WHEN worst.is_rejected THEN 1 ELSE worst.prepay_share END AS prepay_share,
  CASE
    WHEN worst.deposit_share = 0 AND worst.credit_limit IS NOT NULL THEN 0
    ELSE CAST(worst.credit_limit * worst.deposit_share AS DECIMAL(28, 2))
  END AS deposit_amount,
  worst.deposit_held,
  worst.guarantee_required AS is_guarantee_required,
  worst.price_adjustment,
  CASE
    WHEN worst.is_rejected THEN 'REFUSED'
    WHEN worst.prepay_share >= 1 THEN 'PREPAY'
    WHEN worst.prepay_share > 0 THEN 'PART_PREPAY'
    ELSE 'OPEN'
  END AS terms_code,
  -- The earlier of the two: LEAST leaves out what is NULL.
  LEAST(
    CAST(worst.decided_on + INTERVAL '1' DAY * worst.review_days AS DATE), worst.valid_until
  ) AS review_date,
  worst.exposure_amount,
  CASE
    WHEN worst.exposure_amount > worst.credit_limit THEN 0
    ELSE worst.credit_limit - worst.exposure_amount
  END AS available_amount,
  -- TRY: billions against a limit of a cent are too long a ratio to publish, no end of the night.
  TRY_CAST(TRY_CAST(worst.exposure_amount / NULLIF(worst.credit_limit, 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS utilisation,
  worst.exposure_amount > worst.credit_limit AS is_over_limit,
  worst.group_id,
  worst.group_exposure AS group_exposure_amount,
  worst.group_limit AS group_limit_amount,
  worst.group_exposure > worst.group_limit AS is_over_group_limit,
  CASE worst.utilisation_no WHEN 2 THEN 'red' WHEN 1 THEN 'amber' WHEN 0 THEN 'green' END
    AS utilisation_colour,
  CASE worst.overdue_no WHEN 2 THEN 'red' WHEN 1 THEN 'amber' ELSE 'green' END AS overdue_colour,
  CASE worst.score_no WHEN 2 THEN 'red' WHEN 1 THEN 'amber' WHEN 0 THEN 'green' END AS score_colour,
  CASE worst.warning_no WHEN 2 THEN 'red' WHEN 1 THEN 'amber' ELSE 'green' END AS warning_colour,
  CASE
    WHEN worst.warning_no = 0 THEN NULL
    WHEN worst.utilisation_no = worst.warning_no THEN 'utilisation'
    WHEN worst.overdue_no = worst.warning_no THEN 'overdue'
    ELSE 'score'
  END AS warning_line,
  CASE
    WHEN worst.warning_no = 2 THEN 'over'
    WHEN worst.warning_no = 1 THEN 'near'
    WHEN worst.credit_limit IS NULL THEN 'none_set'
    ELSE 'ok'
  END AS warning_state
FROM worst
LEFT JOIN current.customer AS described
  ON described.customer_id = worst.customer_id AND NOT described.is_deleted
ORDER BY policy_id, customer_id
