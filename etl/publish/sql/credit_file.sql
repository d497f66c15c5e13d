-- credit_file: the whole document of every customer, in one query (schema/credit_file.schema.json).
--
-- This is DuckDB's own SQL: published files are always written by the embedded engine (design §2).
-- It computes nothing that a table to the left does not hold; it selects, orders and packs. Money and
-- ratios become text before they become JSON, so that no reader rounds them; every list has a stated
-- order, so that the same night gives the same bytes. A list shows its weightiest rows and its count.
-- Long lists hold rows that are JSON already: sorting texts is twice as fast as sorting structures.
--
-- It makes the documents of the customers from $first_id to $last_id: a share of the book small
-- enough for any memory, so every input is cut to it at once.
--
-- Its two places in @ are filled from sql/reference/indicator and etl/publish/names.py;
-- night.source, night.quarantine and night.brings hold what the run knows of its feeds, of refused rows
-- and of what each delivery can bring.

WITH

-- The letters, policy by policy ---------------------------------------------------------------

limits AS (
  SELECT
    policy_id,
    is_active,
    overdue_basis,
    collection_basis,
    combo_extension,
    competitor_mode,
    [
      struct_pack(grade := 'A', operator := '≥', value := CAST(CAST(collection_a_min AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'B', operator := '≥', value := CAST(CAST(collection_b_min AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'C', operator := '≥', value := CAST(CAST(collection_c_min AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'D', operator := '<', value := CAST(CAST(collection_c_min AS DECIMAL(18, 6)) AS VARCHAR))
    ] AS collection_limits,
    [
      struct_pack(grade := 'A', operator := '≤', value := CAST(CAST(overdue_a_max AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'B', operator := '<', value := CAST(CAST(overdue_b_below AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'C', operator := '<', value := CAST(CAST(overdue_c_below AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'D', operator := '≥', value := CAST(CAST(overdue_c_below AS DECIMAL(18, 6)) AS VARCHAR))
    ] AS overdue_limits,
    [
      struct_pack(grade := 'A', operator := '≤', value := CAST(CAST(competitor_a_max AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'B', operator := '<', value := CAST(CAST(competitor_b_below AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'C', operator := '≤', value := CAST(CAST(competitor_c_max AS DECIMAL(18, 6)) AS VARCHAR)),
      struct_pack(grade := 'D', operator := '>', value := CAST(CAST(competitor_c_max AS DECIMAL(18, 6)) AS VARCHAR))
    ] AS competitor_limits
  FROM policy.rule
),

judged AS (
  SELECT
    credit_grade.*,
    limits.* EXCLUDE (policy_id, is_active, overdue_basis),
    letter_basis.* EXCLUDE (policy_id, customer_id, veto_until, net_collection_rate),
    customer.is_reseller,
    customer.competitor_share
  FROM grade.credit_grade
  JOIN limits ON limits.policy_id = credit_grade.policy_id
  JOIN indicator.letter_basis
    ON letter_basis.policy_id = credit_grade.policy_id
    AND letter_basis.customer_id = credit_grade.customer_id
  JOIN core.customer ON customer.customer_id = credit_grade.customer_id
  WHERE credit_grade.customer_id BETWEEN $first_id AND $last_id
),

assessment AS (
  SELECT
    customer_id,
    list(to_json(struct_pack(
      policy_id := policy_id,
      policy_version := policy_version,
      is_active := is_active,
      final_grade := final_grade,
      hard_grade := hard_grade,
      grade_best := grade_best,
      grade_worst := grade_worst,
      is_provisional := is_provisional,
      grade_3class := grade_3class,
      nr_reason := nr_reason,
      hard_combo := hard_combo,
      combo_in_article := combo_in_article,
      combo_extension := combo_extension,
      veto_weight := CAST(veto_weight AS VARCHAR),
      veto_until := veto_until,
      veto_reasons := COALESCE(string_split(veto_reason, ','), CAST([] AS VARCHAR[])),
      coverage := CAST(CAST((
        (letter_collection IS NOT NULL)::INT + (letter_overdue IS NOT NULL)::INT
        + (letter_competitor IS NOT NULL)::INT
      ) / CAST(3 AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS VARCHAR),
      letters := [
        struct_pack(
          letter := 'collection',
          grade := letter_collection,
          "value" := CAST(net_collection_rate AS VARCHAR),
          unit := 'share',
          basis := collection_basis,
          reason := letter_collection_reason,
          item_count := collection_item_cnt,
          item_amount := CAST(CAST(collection_due_base AS DECIMAL(28, 2)) AS VARCHAR),
          limits := collection_limits,
          also := [
            struct_pack(
              basis := 'literal', "value" := CAST(net_collection_rate_literal AS VARCHAR), unit := 'share'
            )
          ]
        ),
        struct_pack(
          letter := 'overdue',
          grade := letter_overdue,
          "value" := CAST(overdue_days AS VARCHAR),
          unit := 'days',
          basis := overdue_basis,
          reason := letter_overdue_reason,
          item_count := overdue_item_cnt,
          item_amount := CAST(CAST(overdue_due_base AS DECIMAL(28, 2)) AS VARCHAR),
          limits := overdue_limits,
          also := list_filter([
            struct_pack(
              basis := 'worst',
              "value" := CAST(CAST(days_overdue_worst AS DECIMAL(18, 6)) AS VARCHAR), unit := 'days'
            ),
            struct_pack(basis := 'p90', "value" := CAST(days_overdue_p90 AS VARCHAR), unit := 'days'),
            struct_pack(basis := 'mean', "value" := CAST(days_overdue_mean AS VARCHAR), unit := 'days'),
            struct_pack(
              basis := 'weighted', "value" := CAST(days_overdue_weighted AS VARCHAR), unit := 'days'
            )
          ], lambda one: one.basis <> overdue_basis)
        ),
        struct_pack(
          letter := 'competitor',
          grade := NULLIF(letter_competitor, 'n/a'),
          "value" := CAST(competitor_share AS VARCHAR),
          unit := 'share',
          basis := 'share',
          reason := CASE
            WHEN competitor_mode = 'off' THEN 'off'
            WHEN letter_competitor = 'n/a' THEN 'not_a_reseller'
            WHEN letter_competitor IS NULL AND is_reseller IS NULL THEN 'reseller_unknown'
            WHEN letter_competitor IS NULL THEN 'share_unknown'
          END,
          item_count := NULL,
          item_amount := NULL,
          limits := competitor_limits,
          also := []
        )
      ]
    )) ORDER BY is_active DESC, policy_id) AS assessments
  FROM judged
  GROUP BY customer_id
),

-- The rows behind -----------------------------------------------------------------------------

item AS (
  SELECT
    customer_id,
    is_overdue_judged OR is_collection_judged AS is_judged,
    open_amount > 0 AS is_open,
    aging_bucket,
    currency,
    days_past_due,
    due_date,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, is_overdue_judged OR is_collection_judged
      ORDER BY item_letter DESC NULLS LAST, days_overdue DESC NULLS LAST, amount DESC, invoice_id
    ) AS judged_place,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id, open_amount > 0
      ORDER BY days_past_due DESC NULLS LAST, open_amount DESC, invoice_id
    ) AS open_place,
    to_json(struct_pack(
      invoice_id := invoice_id,
      invoice_date := invoice_date,
      due_date := due_date,
      settled_date := CASE WHEN open_amount = 0 THEN settled_date END,
      amount := CAST(amount AS VARCHAR),
      open_amount := CAST(open_amount AS VARCHAR),
      disputed_amount := CAST(disputed_amount AS VARCHAR),
      currency := currency,
      days_overdue := CASE
        WHEN is_overdue_judged OR is_collection_judged THEN days_overdue
        ELSE COALESCE(days_past_due, days_overdue)
      END,
      is_collection_judged := COALESCE(is_collection_judged, FALSE),
      is_overdue_judged := COALESCE(is_overdue_judged, FALSE),
      item_letter := item_letter,
      leaves_on := leaves_on,
      excluded_reason := CASE
        WHEN is_overdue_judged OR is_collection_judged THEN NULL
        WHEN is_excused THEN 'excused'
        WHEN disputed_amount > 0 THEN 'disputed'
        WHEN due_date IS NULL THEN 'no_due_date'
        WHEN due_date >= $as_of THEN 'not_due_yet'
        -- Open in the ledger, paid for the letters: by cash that nobody has applied yet.
        WHEN open_amount > 0 AND unpaid_amount = 0 THEN 'covered'
        ELSE 'out_of_window'
      END
    )) AS entry
  FROM mart.evidence_item
  WHERE customer_id BETWEEN $first_id AND $last_id
),

judged_item AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    list(entry ORDER BY judged_place) FILTER (WHERE judged_place <= $shown) AS entries
  FROM item
  WHERE is_judged
  GROUP BY customer_id
),

open_item AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    COUNT(*) FILTER (WHERE days_past_due > 0) AS overdue_cnt,
    MAX(days_past_due) FILTER (WHERE days_past_due > 0) AS oldest_overdue_days,
    list(entry ORDER BY open_place) FILTER (WHERE open_place <= $shown) AS entries
  FROM item
  WHERE is_open
  GROUP BY customer_id
),

dispute_row AS (
  SELECT
    COALESCE(receivable.customer_id, dispute.customer_id) AS customer_id,
    dispute.dispute_id,
    dispute.invoice_id,
    dispute.opened_date,
    CASE WHEN dispute.closed_date <= $as_of THEN dispute.closed_date END AS closed_date,
    CASE WHEN dispute.closed_date <= $as_of THEN dispute.outcome END AS outcome,
    dispute.amount,
    receivable.currency
  FROM "current".dispute
  LEFT JOIN core.receivable ON receivable.invoice_id = dispute.invoice_id
  WHERE NOT dispute.is_deleted
    AND COALESCE(dispute.opened_date <= $as_of, TRUE)
    AND COALESCE(receivable.customer_id, dispute.customer_id) BETWEEN $first_id AND $last_id
),

dispute AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      id := dispute_id, invoice_id := invoice_id, opened_date := opened_date,
      closed_date := closed_date, outcome := outcome, amount := CAST(amount AS VARCHAR),
      currency := currency
    ) ORDER BY closed_date DESC NULLS FIRST, opened_date DESC NULLS LAST, dispute_id)[1:$shown] AS entries
  FROM dispute_row
  GROUP BY customer_id
),

booking AS (
  SELECT
    'unapplied' AS list_name, document_type, line, customer_id, document_id AS id, NULL AS invoice_id,
    event_date AS booked_on, kind, amount, currency
  FROM event.settlement
  WHERE invoice_id IS NULL AND customer_id BETWEEN $first_id AND $last_id
  UNION ALL
  SELECT
    'unapplied', 'overpaid', NULL, customer_id, invoice_id, invoice_id,
    COALESCE(settled_date, invoice_date), 'overpaid', overpaid_amount, currency
  FROM core.receivable
  WHERE overpaid_amount > 0 AND customer_id BETWEEN $first_id AND $last_id
  UNION ALL
  SELECT
    'claims', document_type, line, customer_id, document_id, invoice_id, event_date, kind, amount, currency
  FROM event.settlement
  WHERE kind IN ('claim_credit', 'claim_deduction')
    AND invoice_id IS NOT NULL
    AND customer_id BETWEEN $first_id AND $last_id
  UNION ALL
  SELECT
    'claims', 'payout', NULL, customer_id, claim_id, invoice_id, claim_date, settled_by, amount, currency
  FROM "current".claim
  WHERE NOT is_deleted
    AND settled_by = 'payout'
    AND claim_date <= $as_of
    AND customer_id BETWEEN $first_id AND $last_id
),

bookings AS (
  SELECT
    list_name,
    customer_id,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      id := id, invoice_id := invoice_id, date := booked_on, kind := kind,
      amount := CAST(amount AS VARCHAR), currency := currency
    ) ORDER BY booked_on DESC, document_type, id, line)[1:$shown] AS entries
  FROM booking
  GROUP BY list_name, customer_id
),

-- How it pays, what it owes, what comes next ----------------------------------------------------

indicator AS (
  SELECT
    payment.customer_id,
    [
@indicators@
    ] AS entries
  FROM indicator.payment
  JOIN limits ON limits.is_active
  JOIN indicator.letter_basis
    ON letter_basis.policy_id = limits.policy_id AND letter_basis.customer_id = payment.customer_id
  WHERE payment.customer_id BETWEEN $first_id AND $last_id
),

bucket_cnt AS (
  SELECT customer_id, currency, aging_bucket, COUNT(*) AS item_cnt
  FROM item
  WHERE is_open
  GROUP BY customer_id, currency, aging_bucket
),

bucket AS (
  SELECT
    aging.customer_id,
    aging.currency,
    aging.ledger_balance,
    unnest([
      struct_pack(place := 1, bucket := 'current', counted := 'current', amount := aging.current_amount),
      struct_pack(place := 2, bucket := 'overdue_1_30', counted := '1-30', amount := aging.overdue_1_30_amount),
      struct_pack(place := 3, bucket := 'overdue_31_60', counted := '31-60', amount := aging.overdue_31_60_amount),
      struct_pack(place := 4, bucket := 'overdue_61_90', counted := '61-90', amount := aging.overdue_61_90_amount),
      struct_pack(place := 5, bucket := 'overdue_over_90', counted := '90+', amount := aging.overdue_over_90_amount),
      struct_pack(place := 6, bucket := 'no_due_date', counted := 'no_due_date', amount := aging.no_due_date_amount),
      struct_pack(place := 7, bucket := 'unapplied_credit', counted := NULL, amount := aging.unapplied_credit_amount),
      struct_pack(place := 8, bucket := 'unapplied_cash', counted := NULL, amount := aging.unapplied_cash_amount),
      struct_pack(place := 9, bucket := 'residue', counted := NULL, amount := aging.residue_amount)
    ]) AS slot
  FROM indicator.aging
  WHERE customer_id BETWEEN $first_id AND $last_id
),

-- The five buckets of every report are always there; the others when there is something in them.
aging_currency AS (
  SELECT
    bucket.customer_id,
    bucket.currency,
    bucket.ledger_balance,
    SUM(bucket.slot.amount) AS total_amount,
    list(struct_pack(
      bucket := bucket.slot.bucket,
      amount := CAST(bucket.slot.amount AS VARCHAR),
      items := CASE WHEN bucket.slot.counted IS NOT NULL THEN COALESCE(bucket_cnt.item_cnt, 0) END
    ) ORDER BY bucket.slot.place)
      FILTER (WHERE bucket.slot.place <= 5 OR bucket.slot.amount <> 0) AS buckets
  FROM bucket
  LEFT JOIN bucket_cnt
    ON bucket_cnt.customer_id = bucket.customer_id
    AND bucket_cnt.currency = bucket.currency
    AND bucket_cnt.aging_bucket = bucket.slot.counted
  GROUP BY bucket.customer_id, bucket.currency, bucket.ledger_balance
),

aging AS (
  SELECT
    customer_id,
    list(struct_pack(
      currency := currency,
      buckets := buckets,
      total_amount := CAST(CAST(total_amount AS DECIMAL(28, 2)) AS VARCHAR),
      ledger_amount := CAST(ledger_balance AS VARCHAR)
    ) ORDER BY currency) AS entries
  FROM aging_currency
  GROUP BY customer_id
),

history AS (
  SELECT
    customer_id,
    list(to_json(struct_pack(
      month := strftime(month_start, '%Y-%m'),
      billed_amount := CAST(billed_amount AS VARCHAR),
      paid_amount := CAST(paid_amount AS VARCHAR),
      due_amount := CAST(due_amount AS VARCHAR),
      days_overdue_wavg := CAST(days_overdue_wavg AS VARCHAR)
    )) ORDER BY month_start) AS entries
  FROM mart.payment_month
  WHERE customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

outlook AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      kind := kind,
      letter := letter,
      from_letter := from_letter,
      to_letter := NULLIF(to_letter, 'better'),
      invoice_id := NULLIF(invoice_id, ''),
      amount := CAST(amount AS VARCHAR),
      currency := currency,
      date := on_date
    ) ORDER BY
      CASE kind WHEN 'collect' THEN 1 WHEN 'pay_by' THEN 2 ELSE 3 END,
      on_date, to_letter DESC, amount DESC, invoice_id)[1:20] AS entries
  FROM mart.outlook
  WHERE customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

-- How sure ------------------------------------------------------------------------------------

source AS (
  SELECT list(struct_pack(
    feed := feed, batch := batch, known_on := known_on,
    age_days := $as_of - known_on, status := status
  ) ORDER BY feed) AS entries
  FROM night.source
),

owner AS (
  SELECT 'customer' AS entity, customer_id AS key, customer_id
  FROM core.customer
  WHERE customer_id BETWEEN $first_id AND $last_id
  UNION ALL
  SELECT 'invoice', invoice_id, customer_id
  FROM core.receivable
  WHERE customer_id BETWEEN $first_id AND $last_id
  UNION ALL
  SELECT 'payment', document_id, MIN(customer_id)
  FROM event.settlement
  WHERE document_type = 'payment' AND customer_id BETWEEN $first_id AND $last_id
  GROUP BY document_id
),

refused AS (
  SELECT
    owner.customer_id,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      entity := quarantine.entity, key := quarantine.key, rule := quarantine.rule,
      reason := quarantine.reason, first_seen := quarantine.first_seen
    ) ORDER BY quarantine.first_seen DESC NULLS LAST, quarantine.entity, quarantine.key, quarantine.rule)[1:$shown]
      AS entries
  FROM night.quarantine
  JOIN owner ON owner.entity = quarantine.entity AND owner.key = quarantine.key
  WHERE quarantine.is_open
  GROUP BY owner.customer_id
),

-- What others say -----------------------------------------------------------------------------
-- "Nobody was asked" is not "nothing was found": each list says whether anybody was asked whose answers can
-- bring such records (night.brings), and when there was last an answer.

inquiry AS (
  SELECT *
  FROM mart.outside_inquiry
  WHERE customer_id BETWEEN $first_id AND $last_id AND outcome <> 'not_asked'
),

inquired AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    MAX(asked_on) AS asked_on,
    MAX(answered_on) AS answered_on,
    list(struct_pack(
      provider := provider, product := product, outcome := outcome, asked_on := asked_on,
      answered_on := answered_on, hits := hits,
      asked_customer_id := NULLIF(asked_customer_id, customer_id)
    ) ORDER BY provider, asked_on DESC, product)[1:$shown] AS entries
  FROM inquiry
  GROUP BY customer_id
),

topic AS (
  SELECT
    inquiry.customer_id,
    brings.entity,
    MAX(inquiry.asked_on) AS asked_on,
    MAX(inquiry.answered_on) AS answered_on
  FROM inquiry
  JOIN night.brings ON brings.batch = inquiry.batch
  GROUP BY inquiry.customer_id, brings.entity
),

waiting_row AS (
  SELECT customer_id, record_kind
  FROM match.record_link
  WHERE state = 'review' AND customer_id BETWEEN $first_id AND $last_id
  UNION ALL
  SELECT customer_id, 'customer'
  FROM match.customer_link
  WHERE state = 'review' AND customer_id BETWEEN $first_id AND $last_id
),

waiting_kind AS (
  SELECT customer_id, record_kind, COUNT(*) AS row_cnt
  FROM waiting_row
  GROUP BY customer_id, record_kind
),

waiting AS (
  SELECT
    customer_id,
    CAST(SUM(row_cnt) AS BIGINT) AS row_cnt,
    list(struct_pack(record_kind := record_kind, "count" := row_cnt) ORDER BY record_kind) AS entries
  FROM waiting_kind
  GROUP BY customer_id
),

legal AS (
  SELECT
    customer_id,
    record_kind,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      kind := kind, case_no := case_no, role := role, other_role := other_role,
      is_claimed_from := is_claimed_from, cause := cause, court := court, stage := stage,
      filed_on := filed_on, judged_on := judged_on, ended_on := ended_on, status := status,
      amount := CAST(amount AS VARCHAR), unperformed_amount := CAST(unperformed_amount AS VARCHAR),
      currency := currency, document_count := document_cnt,
      providers := list_filter([provider, other_provider], lambda one: one IS NOT NULL),
      provider_count := provider_cnt, stated_on := stated_on, method := method,
      link_score := CAST(link_score AS VARCHAR), is_certain := is_certain
    ) ORDER BY
      is_claimed_from DESC, status = 'closed', filed_on DESC NULLS LAST, record_key)[1:$shown] AS entries
  FROM mart.outside_record
  WHERE customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id, record_kind
),

score AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      provider := provider, scale := subject, report_date := stated_on,
      score := CAST(score AS VARCHAR), score_min := CAST(score_min AS VARCHAR),
      score_max := CAST(score_max AS VARCHAR), band := level, band_meaning := level_text,
      recommended_limit := CAST(recommended_limit AS VARCHAR), currency := currency,
      party_name := party_name, method := method, link_score := CAST(link_score AS VARCHAR),
      is_certain := is_certain
    ) ORDER BY stated_on DESC, provider, subject)[1:$shown] AS entries
  FROM mart.outside_opinion
  WHERE opinion_kind = 'score' AND customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

tax_level AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      year := CAST(subject AS INTEGER), level := level, authority := level_text, provider := provider,
      party_name := party_name, method := method, link_score := CAST(link_score AS VARCHAR),
      is_certain := is_certain
    ) ORDER BY subject DESC, provider)[1:$shown] AS entries
  FROM mart.outside_opinion
  WHERE opinion_kind = 'tax_credit' AND customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

registered AS (
  SELECT
    customer_id,
    COUNT(*) AS row_cnt,
    list(struct_pack(
      provider := provider, record_id := record_id, status := level, status_text := level_text,
      stated_on := stated_on, party_name := party_name, method := method,
      link_score := CAST(link_score AS VARCHAR), is_certain := is_certain
    ) ORDER BY provider, record_id)[1:$shown] AS entries
  FROM mart.outside_opinion
  WHERE opinion_kind = 'registration' AND customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

document AS (
  SELECT
    customer.customer_id,
    @file@ AS file,
    struct_pack(
      format := 'zixin-credit-file/1',
      as_of := $as_of,
      customer := struct_pack(
        customer_id := customer.customer_id,
        customer_name := customer.customer_name,
        country := customer.country,
        customer_since := customer.customer_since,
        is_reseller := customer.is_reseller,
        payment_terms_days := master.payment_terms_days
      ),
      standing := struct_pack(
        base_currency := payment.base_currency,
        open_amount := CAST(payment.open_amount AS VARCHAR),
        overdue_amount := CAST(payment.overdue_amount AS VARCHAR),
        open_items := COALESCE(open_item.row_cnt, 0),
        overdue_items := COALESCE(open_item.overdue_cnt, 0),
        oldest_overdue_days := open_item.oldest_overdue_days,
        early_payment_flag := payment.early_payment_flag,
        no_fx_item_cnt := COALESCE(payment.no_fx_item_cnt, 0)
      ),
      assessments := assessment.assessments,
      decision := decision.content,
      outlook := struct_pack("count" := COALESCE(outlook.row_cnt, 0), "rows" := COALESCE(outlook.entries, [])),
      evidence := struct_pack(
        judged_items := struct_pack("count" := COALESCE(judged_item.row_cnt, 0), "rows" := COALESCE(judged_item.entries, CAST([] AS JSON[]))),
        open_items := struct_pack("count" := COALESCE(open_item.row_cnt, 0), "rows" := COALESCE(open_item.entries, CAST([] AS JSON[]))),
        disputes := struct_pack("count" := COALESCE(dispute.row_cnt, 0), "rows" := COALESCE(dispute.entries, [])),
        claims := struct_pack("count" := COALESCE(claims.row_cnt, 0), "rows" := COALESCE(claims.entries, [])),
        unapplied := struct_pack("count" := COALESCE(unapplied.row_cnt, 0), "rows" := COALESCE(unapplied.entries, []))
      ),
      indicators := COALESCE(indicator.entries, []),
      aging := COALESCE(aging.entries, []),
      history := COALESCE(history.entries, CAST([] AS JSON[])),
      outside := struct_pack(
        state := CASE
          WHEN inquired.asked_on IS NULL THEN 'not_asked'
          WHEN inquired.answered_on IS NULL THEN 'unanswered'
          ELSE 'answered'
        END,
        asked_on := inquired.asked_on,
        answered_on := inquired.answered_on,
        cases := struct_pack(
          state := CASE
            WHEN asked_court.asked_on IS NULL THEN 'not_asked'
            WHEN asked_court.answered_on IS NULL THEN 'unanswered'
            ELSE 'answered'
          END,
          answered_on := asked_court.answered_on,
          "count" := COALESCE(court_case.row_cnt, 0),
          "rows" := COALESCE(court_case.entries, [])
        ),
        listings := struct_pack(
          state := CASE
            WHEN asked_list.asked_on IS NULL THEN 'not_asked'
            WHEN asked_list.answered_on IS NULL THEN 'unanswered'
            ELSE 'answered'
          END,
          answered_on := asked_list.answered_on,
          "count" := COALESCE(listed.row_cnt, 0),
          "rows" := COALESCE(listed.entries, [])
        ),
        scores := struct_pack(
          state := CASE
            WHEN asked_score.asked_on IS NULL THEN 'not_asked'
            WHEN asked_score.answered_on IS NULL THEN 'unanswered'
            ELSE 'answered'
          END,
          answered_on := asked_score.answered_on,
          "count" := COALESCE(score.row_cnt, 0),
          "rows" := COALESCE(score.entries, [])
        ),
        tax_levels := struct_pack(
          state := CASE
            WHEN asked_tax.asked_on IS NULL THEN 'not_asked'
            WHEN asked_tax.answered_on IS NULL THEN 'unanswered'
            ELSE 'answered'
          END,
          answered_on := asked_tax.answered_on,
          "count" := COALESCE(tax_level.row_cnt, 0),
          "rows" := COALESCE(tax_level.entries, [])
        ),
        registrations := struct_pack(
          state := CASE
            WHEN asked_register.asked_on IS NULL THEN 'not_asked'
            WHEN asked_register.answered_on IS NULL THEN 'unanswered'
            ELSE 'answered'
          END,
          answered_on := asked_register.answered_on,
          "count" := COALESCE(registered.row_cnt, 0),
          "rows" := COALESCE(registered.entries, [])
        ),
        waiting := struct_pack("count" := COALESCE(waiting.row_cnt, 0), "rows" := COALESCE(waiting.entries, [])),
        inquiries := struct_pack("count" := COALESCE(inquired.row_cnt, 0), "rows" := COALESCE(inquired.entries, []))
      ),
      assurance := struct_pack(
        sources := COALESCE(source.entries, []),
        quarantined := struct_pack("count" := COALESCE(refused.row_cnt, 0), "rows" := COALESCE(refused.entries, []))
      ),
      provenance := struct_pack(
        code_version := $code_version,
        batches := CAST($batches AS VARCHAR[])
      )
    ) AS content
  FROM core.customer
  CROSS JOIN source
  LEFT JOIN "current".customer AS master
    ON master.customer_id = customer.customer_id AND NOT master.is_deleted
  LEFT JOIN indicator.payment ON payment.customer_id = customer.customer_id
  LEFT JOIN assessment ON assessment.customer_id = customer.customer_id
  LEFT JOIN night.decision ON decision.customer_id = customer.customer_id
  LEFT JOIN judged_item ON judged_item.customer_id = customer.customer_id
  LEFT JOIN open_item ON open_item.customer_id = customer.customer_id
  LEFT JOIN dispute ON dispute.customer_id = customer.customer_id
  LEFT JOIN bookings AS claims
    ON claims.customer_id = customer.customer_id AND claims.list_name = 'claims'
  LEFT JOIN bookings AS unapplied
    ON unapplied.customer_id = customer.customer_id AND unapplied.list_name = 'unapplied'
  LEFT JOIN indicator ON indicator.customer_id = customer.customer_id
  LEFT JOIN aging ON aging.customer_id = customer.customer_id
  LEFT JOIN history ON history.customer_id = customer.customer_id
  LEFT JOIN outlook ON outlook.customer_id = customer.customer_id
  LEFT JOIN refused ON refused.customer_id = customer.customer_id
  LEFT JOIN inquired ON inquired.customer_id = customer.customer_id
  LEFT JOIN waiting ON waiting.customer_id = customer.customer_id
  LEFT JOIN legal AS court_case
    ON court_case.customer_id = customer.customer_id AND court_case.record_kind = 'court_case'
  LEFT JOIN legal AS listed
    ON listed.customer_id = customer.customer_id AND listed.record_kind = 'listing'
  LEFT JOIN score ON score.customer_id = customer.customer_id
  LEFT JOIN tax_level ON tax_level.customer_id = customer.customer_id
  LEFT JOIN registered ON registered.customer_id = customer.customer_id
  LEFT JOIN topic AS asked_court
    ON asked_court.customer_id = customer.customer_id AND asked_court.entity = 'court_record'
  LEFT JOIN topic AS asked_list
    ON asked_list.customer_id = customer.customer_id AND asked_list.entity = 'listing'
  LEFT JOIN topic AS asked_score
    ON asked_score.customer_id = customer.customer_id AND asked_score.entity = 'bureau_score'
  LEFT JOIN topic AS asked_tax
    ON asked_tax.customer_id = customer.customer_id AND asked_tax.entity = 'tax_credit'
  LEFT JOIN topic AS asked_register
    ON asked_register.customer_id = customer.customer_id AND asked_register.entity = 'registration'
  WHERE customer.customer_id BETWEEN $first_id AND $last_id
)

SELECT customer_id, file, CAST(to_json(content) AS VARCHAR) AS document
FROM document
ORDER BY customer_id
