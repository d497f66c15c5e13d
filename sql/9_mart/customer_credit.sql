-- customer_credit: what should a credit manager know about each customer this morning?
--
-- The one table to start from in BI: the grade under the book's policy, the letters behind it, what is open, and
-- what to do: limit, gate, warning line, admission, place in the grid. Amounts are in the base currency.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R3-40, R2-06, R4-10; A0.1 Order of precedence.
--
-- Columns
--   customer_id               VARCHAR        the customer
--   customer_name             VARCHAR        as the source writes it; NULL: not stated
--   country                   VARCHAR        as the source writes it; NULL: not stated
--   customer_since            DATE           stated, else the first invoice; NULL: neither
--   has_master                BOOLEAN        a source described this customer
--   policy_id                 VARCHAR        the policy the grade follows
--   policy_version            VARCHAR        its version
--   final_grade               VARCHAR        A, B, C, D or NR
--   hard_grade                VARCHAR        from the letters alone
--   grade_best                VARCHAR        if everything unknown turned out well
--   grade_worst               VARCHAR        if everything unknown turned out badly
--   is_provisional            BOOLEAN        best and worst differ
--   grade_3class              VARCHAR        优良, 一般, 风险; NULL: NR
--   letter_overdue            VARCHAR        A to D; NULL: none judged
--   letter_collection         VARCHAR        A to D; NULL: nothing due, no_fx
--   letter_competitor         VARCHAR        A to D, n/a; NULL: unknown
--   hard_combo                VARCHAR        the three letters sorted; NULL: a letter is missing
--   veto_flag                 BOOLEAN        a D letter decided
--   veto_reason               VARCHAR        the D letters; NULL: none
--   veto_weight               DECIMAL(18,6)  fraction of the amount due in offending items; NULL: none judged
--   veto_until                DATE           the day the last offending item leaves; NULL: none, or one is open
--   nr_reason                 VARCHAR        why there is no grade; NULL: rated
--   net_collection_rate       DECIMAL(18,6)  fraction; NULL: nothing due, no_fx
--   days_overdue_max          INTEGER        days, worst judged item; NULL: none judged
--   days_overdue_p90          DECIMAL(18,6)  days; NULL: none judged
--   days_overdue_wavg         DECIMAL(18,6)  days, amount-weighted; NULL: none judged, no_fx
--   on_time_share_amt         DECIMAL(18,6)  fraction; NULL: none judged, no_fx
--   dso                       DECIMAL(18,6)  days; NULL: no credit sales
--   early_payment_flag        BOOLEAN        systematic early payment
--   base_currency             VARCHAR        of the amounts
--   open_amount               DECIMAL(28,2)  open in the ledger
--   overdue_amount            DECIMAL(28,2)  open and past due
--   sales_amount              DECIMAL(28,2)  billed in the window less credit notes; 0: nothing, or credit notes were more
--   scorecard_score           DECIMAL(18,6)  0 to 100, higher is safer; NULL: nothing is known
--   scorecard_coverage        DECIMAL(18,6)  fraction of the scorecard's weight that is known
--   scorecard_grade           VARCHAR        A to D; NULL: too little is known
--   benefit_tier              VARCHAR        what the final grade is good for
--   exposure_amount           DECIMAL(28,2)  what counts against the limit; NULL: no_fx
--   credit_limit              DECIMAL(28,2)  the limit in force; 0: none is granted; NULL: limit_reason
--   limit_reason              VARCHAR        none_set, no_fx; NULL: there is a limit
--   available_amount          DECIMAL(28,2)  what is left of the limit, 0 or more; NULL: no limit, no_fx
--   utilisation               DECIMAL(18,6)  fraction exposure / limit; NULL: no limit, limit 0, no_fx
--   terms_code                VARCHAR        OPEN, PART_PREPAY, PREPAY, REFUSED
--   gate                      VARCHAR        new orders: allow, allow_prepaid, hold
--   gate_reason               VARCHAR        the strictest reason; NULL: allow without any
--   warning_state             VARCHAR        ok, near, over, none_set
--   warning_colour            VARCHAR        green, amber, red
--   adm_decision              VARCHAR        admit, conditional, reject; NULL: it has dealt with us before
--   grid_cell                 INTEGER        1 to 6 of the value and loyalty grid; NULL: value or loyalty unknown
--   priority_rank             BIGINT         1 has most at stake; NULL: no_fx

SELECT
  customer.customer_id,
  customer.customer_name,
  customer.country,
  customer.customer_since,
  customer.has_master,
  credit_grade.policy_id,
  credit_grade.policy_version,
  credit_grade.final_grade,
  credit_grade.hard_grade,
  credit_grade.grade_best,
  credit_grade.grade_worst,
  credit_grade.is_provisional,
  credit_grade.grade_3class,
  credit_grade.letter_overdue,
  credit_grade.letter_collection,
  credit_grade.letter_competitor,
  credit_grade.hard_combo,
  credit_grade.veto_flag,
  credit_grade.veto_reason,
  credit_grade.veto_weight,
  credit_grade.veto_until,
  credit_grade.nr_reason,
  credit_grade.net_collection_rate,
  payment.days_overdue_max,
  payment.days_overdue_p90,
  payment.days_overdue_wavg,
  payment.on_time_share_amt,
  payment.dso,
  payment.early_payment_flag,
  payment.base_currency,
  payment.open_amount,
  payment.overdue_amount,
  payment.sales_amount,
  credit_grade.scorecard_score,
  credit_grade.scorecard_coverage,
  credit_grade.scorecard_grade,
  credit_grade.benefit_tier,
  credit_limit.exposure_amount,
  credit_limit.credit_limit,
  credit_limit.limit_reason,
  credit_limit.available_amount,
  credit_limit.utilisation,
  credit_limit.terms_code,
  order_gate.gate,
  order_gate.gate_reason,
  credit_limit.warning_state,
  credit_limit.warning_colour,
  CASE WHEN admission.is_applicable THEN admission.adm_decision END AS adm_decision,
  value_grid.grid_cell,
  value_grid.priority_rank
FROM core.customer
LEFT JOIN grade.credit_grade
  ON credit_grade.customer_id = customer.customer_id AND credit_grade.is_active
LEFT JOIN indicator.payment ON payment.customer_id = customer.customer_id
LEFT JOIN terms.credit_limit
  ON credit_limit.customer_id = customer.customer_id AND credit_limit.is_active
LEFT JOIN action.order_gate
  ON order_gate.customer_id = customer.customer_id AND order_gate.is_active
LEFT JOIN grade.admission
  ON admission.customer_id = customer.customer_id AND admission.is_active
LEFT JOIN grade.value_grid
  ON value_grid.customer_id = customer.customer_id AND value_grid.is_active
ORDER BY customer_id
