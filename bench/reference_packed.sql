-- How far DuckDB goes: the query of reference_family.sql once more, with everything packed into machine words.
--
-- Every column of `indicator.payment` for everybody who was ever billed: lines, payments without lines, cash on
-- account (oldest due first), credit notes, claims, disputes, stated balances, write-offs, payers that are not the
-- debtor, other currencies. bench/same_answer.py holds every column against the project's; money exactly, ratios
-- to the sixth digit. The numbers of the policy `article` are written out: 12 months, a tolerance of one cent, 60
-- days of grace, rates of 7 days, no roll of due dates.
--
-- Written for DuckDB and for speed, not for readers. Money is whole cents, in base currency a whole number of 1e-10,
-- exact in 64 bits up to 900 million a bill. A day is counted from the night: 0, and negative before. What belongs
-- together stands in one whole number, because a join pays by the column:
--   account  customer << 10 | currency
--   bill     account << 32 | due + 32768 << 16 | issued + 32768   (due 0: not known)
--   paying   account << 18 | day + 32768 << 2 | kind              (kind 0 cash, 1 given up, 2 set off)
--   event    day + 32768 << 46 | is it no payment << 45 | cents + 2^43; negative: the bill needs more than a look
-- Three of four bills are one line of one payment, and are never grouped. A bill that the last 12 months do not
-- judge and that is not open is dropped. What is rare goes beside the rest (`special`), however long it takes there.

WITH

rate AS (
  SELECT currency, CAST(CAST(ARG_MAX(rate, place) AS DOUBLE) * 100000000 AS BIGINT) AS rate
  FROM (
    SELECT from_currency AS currency, rate, (rate_date - DATE '2000-01-01') * 2 + 1 AS place
    FROM current.fx_rate
    WHERE to_currency = 'CNY' AND NOT is_deleted
      AND rate_date BETWEEN CAST(:as_of AS DATE) - 7 AND CAST(:as_of AS DATE)
    UNION ALL
    SELECT to_currency, CAST(1 / rate AS DECIMAL(18, 8)), (rate_date - DATE '2000-01-01') * 2
    FROM current.fx_rate
    WHERE from_currency = 'CNY' AND NOT is_deleted
      AND rate_date BETWEEN CAST(:as_of AS DATE) - 7 AND CAST(:as_of AS DATE)
  )
  GROUP BY currency
),

-- Limited, so that the planner knows it to be small, and the number fits its 10 bits.
currency AS MATERIALIZED (
  SELECT
    currency,
    ROW_NUMBER() OVER (ORDER BY currency) AS currency_no,
    CASE WHEN currency = 'CNY' THEN 100000000 ELSE rate END AS rate
  FROM (
    SELECT DISTINCT currency FROM current.invoice
    UNION
    SELECT DISTINCT currency FROM current.payment
    UNION
    SELECT DISTINCT currency FROM current.credit_note
    UNION
    SELECT DISTINCT currency FROM current.claim
  )
  LEFT JOIN rate USING (currency)
  LIMIT 1023
),

customer AS MATERIALIZED (
  SELECT
    billed.customer_id,
    ROW_NUMBER() OVER (ORDER BY billed.customer_id) AS customer_no,
    billed.first_sale,
    billed.bill_cnt,
    customer.payment_terms_days AS terms_days
  FROM (
    SELECT customer_id, MIN(invoice_date) AS first_sale, COUNT(*) AS bill_cnt
    FROM current.invoice
    WHERE NOT is_deleted AND invoice_date <= CAST(:as_of AS DATE)
    GROUP BY customer_id
    HAVING COUNT(*) > 0  -- always; the planner takes it for a filter, and builds on the right side
  ) AS billed
  LEFT JOIN current.customer ON customer.customer_id = billed.customer_id AND NOT customer.is_deleted
),

-- Marked: something may be known of the bill beside what paid it.
bill AS NOT MATERIALIZED (
  SELECT
    invoice.invoice_id AS bill_id,
    (customer.customer_no * 1024 + currency.currency_no) * 4294967296
      + COALESCE(
        COALESCE(invoice.due_date, invoice.invoice_date + COALESCE(invoice.terms_days, customer.terms_days))
          - CAST(:as_of AS DATE) + 32768, 0
      ) * 65536
      + (invoice.invoice_date - CAST(:as_of AS DATE) + 32768) AS bill,
    CAST(invoice.amount * 100 AS BIGINT) AS amount,
    marked.invoice_id IS NOT NULL AS is_marked
  FROM current.invoice
  LEFT JOIN currency ON currency.currency = invoice.currency
  LEFT JOIN customer ON customer.customer_id = invoice.customer_id
  LEFT JOIN (
    SELECT invoice_id FROM current.credit_note
    UNION
    SELECT invoice_id FROM current.claim WHERE settled_by = 'deduction'
    UNION
    SELECT invoice_id FROM current.invoice_balance
    UNION
    SELECT invoice_id
    FROM current.dispute
    WHERE outcome = 'customer' OR opened_date > CAST(:as_of AS DATE) - 60
    UNION
    SELECT invoice_id FROM current.allocation WHERE amount < 0
  ) AS marked ON marked.invoice_id = invoice.invoice_id
  WHERE NOT invoice.is_deleted AND invoice.invoice_date <= CAST(:as_of AS DATE)
),

paying AS NOT MATERIALIZED (
  SELECT
    payment.payment_id,
    payment.invoice_id,
    (CASE WHEN payment.customer_id IS NULL THEN 0 ELSE COALESCE(customer.customer_no, -1) END * 1024
      + currency.currency_no) * 262144
      + (payment.payment_date - CAST(:as_of AS DATE) + 32768) * 4
      + CASE WHEN payment.kind = 'cash' THEN 0 WHEN payment.kind = 'set_off' THEN 2 ELSE 1 END AS paying,
    CAST(payment.amount * 100 AS BIGINT) AS whole
  FROM current.payment
  LEFT JOIN currency ON currency.currency = payment.currency
  LEFT JOIN customer ON customer.customer_id = payment.customer_id
  WHERE NOT payment.is_deleted AND payment.payment_date <= CAST(:as_of AS DATE)
),

-- Each line beside its payment and its bill, each payment and each bill without a line. Whole: this one line pays the
-- bill. Odd: another customer's payment, or in another currency. A payment that one line takes whole has no number.
matched AS MATERIALIZED (
  SELECT
    bill_id,
    bill,
    amount,
    is_marked,
    paying,
    whole,
    CASE WHEN is_known THEN cents END AS cents,
    is_known AND cents = amount AND paying & 3 = 0 AND NOT is_marked AS is_whole,
    whole IS NULL AND NOT is_marked AS is_unpaid,
    is_known AND bill >> 32 <> paying >> 18 AS is_odd,
    CASE WHEN NOT is_known OR cents <> whole OR bill >> 32 <> paying >> 18 THEN payment_id END AS payment_id
  FROM (
    SELECT
      *,
      COALESCE(bill_id IS NOT NULL AND (is_lined OR ((paying >> 18) & 1023) = ((bill >> 32) & 1023)), FALSE)
        AS is_known
    FROM (
      SELECT
        COALESCE(allocation.invoice_id, paying.invoice_id) AS invoice_id,
        paying.payment_id,
        paying.paying,
        paying.whole,
        allocation.payment_id IS NOT NULL AS is_lined,
        COALESCE(allocation.cents, paying.whole) AS cents
      FROM (
        SELECT payment_id, invoice_id, CAST(amount * 100 AS BIGINT) AS cents
        FROM current.allocation
        WHERE NOT is_deleted
      ) AS allocation
      RIGHT JOIN paying ON paying.payment_id = allocation.payment_id
    ) AS movement
    FULL JOIN bill ON bill.bill_id = movement.invoice_id
  )
),

-- Not kept: what is worked out of a row here is worked out for the rows that somebody asks for.
entry AS NOT MATERIALIZED (
  SELECT *, CASE
      WHEN cents IS NOT NULL
        THEN (((paying >> 2) & 65535) * 70368744177664 + cents + 8796093022208
          + CASE WHEN paying & 3 > 0 THEN 35184372088832 ELSE 0 END)
          * CASE WHEN is_marked OR paying & 3 > 0 OR cents < 0 THEN -1 ELSE 1 END
      WHEN is_marked THEN -1
    END AS event
  FROM matched
),

in_parts AS MATERIALIZED (
  SELECT
    bill_id,
    ANY_VALUE(bill) AS bill,
    ANY_VALUE(amount) AS amount,
    COUNT(event) AS event_cnt,
    CAST(COALESCE(SUM(cents), 0) AS BIGINT) AS paid,
    MIN(event) AS first_event,
    MAX(event) AS last_event,
    LIST(event) AS events
  FROM entry
  WHERE NOT is_whole AND NOT is_unpaid AND bill_id IS NOT NULL
  GROUP BY bill_id
),

-- Whose bills do not come out once each: one of them was paid as a whole, and something came beside. Theirs are
-- grouped once more, all of them.
doubled AS MATERIALIZED (
  SELECT customer_no
  FROM (
    SELECT bill >> 42 AS customer_no, COUNT(*) FILTER (WHERE is_whole OR is_unpaid) AS cnt
    FROM matched
    GROUP BY customer_no
    UNION ALL
    SELECT bill >> 42 AS customer_no, COUNT(*)
    FROM in_parts
    GROUP BY customer_no
  )
  JOIN customer USING (customer_no)
  GROUP BY customer_no
  HAVING SUM(cnt) <> ANY_VALUE(bill_cnt)
),

piece AS MATERIALIZED (
  SELECT
    bill_id,
    bill >> 32 AS bill_account,
    amount,
    NULLIF((bill >> 16) & 65535, 0) - 32768 AS due,
    (bill & 65535) - 32768 AS issued,
    event_cnt,
    paid,
    first_event,
    last_event,
    events
  FROM (
    SELECT *
    FROM in_parts
    WHERE bill >> 42 NOT IN (SELECT customer_no FROM doubled)
    UNION ALL
    SELECT
      bill_id,
      ANY_VALUE(bill),
      ANY_VALUE(amount),
      COUNT(event),
      CAST(COALESCE(SUM(cents), 0) AS BIGINT),
      MIN(event),
      MAX(event),
      LIST(event)
    FROM entry
    WHERE NOT is_unpaid AND bill >> 42 IN (SELECT customer_no FROM doubled)
    GROUP BY bill_id
    UNION ALL
    SELECT bill_id, bill, amount, 0, 0, NULL, NULL, NULL
    FROM matched
    WHERE is_unpaid
  )
  WHERE amount - paid > 1 OR first_event < 0 OR (bill >> 16) & 65535 = 0
    OR ((bill >> 16) & 65535) - 32768 > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
    OR (last_event >> 46) - 32768 > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
),

-- The payments of several lines, of a line that leaves something, of none.
settling AS MATERIALIZED (
  SELECT
    payment_id,
    ANY_VALUE(paying) AS paying,
    ANY_VALUE(whole) AS whole,
    CAST(COALESCE(SUM(cents), 0) AS BIGINT) AS paid,
    LIST(STRUCT_PACK(account := bill >> 32, cents := cents)) FILTER (WHERE is_odd) AS odd
  FROM matched
  WHERE payment_id IS NOT NULL
  GROUP BY payment_id
),

-- What is on account for good: what went back takes the money that came last. Whoever counts payments by this and by
-- the lines above must come to all of them: else one line took a whole payment that has others.
on_account AS (
  SELECT
    account,
    paid_on,
    LAG(pool_end, 1, 0) OVER (PARTITION BY account ORDER BY paid_on, payment_id) AS pool_start,
    pool_end
  FROM (
    SELECT
      account,
      paid_on,
      payment_id,
      GREATEST(MIN(running) OVER (
        PARTITION BY account ORDER BY paid_on, payment_id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
      ), 0) AS pool_end
    FROM (
      SELECT
        *,
        SUM(whole - paid) OVER (
          PARTITION BY account ORDER BY paid_on, payment_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS running
      FROM (
        SELECT
          CASE WHEN payer_account < 1024 AND payer_account > 0
            THEN LIST_MIN(LIST_TRANSFORM(odd, LAMBDA part: part.account)) // 1024 * 1024 + payer_account
            ELSE payer_account
          END AS account,
          paid_on, payment_id, whole, paid
        FROM (
          SELECT *, paying >> 18 AS payer_account, ((paying >> 2) & 65535) - 32768 AS paid_on FROM settling
        )
        WHERE paying & 3 = 0 AND whole <> paid AND (
          SELECT CASE
            WHEN COUNT(*) = (SELECT COUNT(*) FROM settling)
              + (SELECT COUNT(*) FROM matched WHERE payment_id IS NULL AND paying IS NOT NULL)
              THEN TRUE
            ELSE CAST(ERROR('a line takes the whole of a payment that has other lines') AS BOOLEAN)
          END
          FROM current.payment
          WHERE NOT is_deleted AND payment_date <= CAST(:as_of AS DATE)
        ) AND (
          odd IS NULL
          OR LEN(LIST_FILTER(odd, LAMBDA part: (part.account & 1023) <> (payer_account & 1023))) = 0
        )
      )
      WHERE account > 0
    )
  )
),

-- Bills of three events, with a mark, or that cash on account may reach.
special AS MATERIALIZED (
  SELECT ROW_NUMBER() OVER () AS bill_no, bill_id, bill_account, amount, due, issued, events
  FROM piece
  LEFT JOIN (SELECT DISTINCT account FROM on_account WHERE pool_end > 0) AS pool
    ON pool.account = CASE WHEN amount - paid > 1 THEN bill_account END
  WHERE event_cnt > 2 OR first_event < 0 OR account IS NOT NULL
),

-- Kind 0 paid, 1 lowers what is due, 2 closes without paying.
seen AS MATERIALIZED (
  SELECT
    bill_no,
    (event >> 46) - 32768 AS day,
    CASE WHEN event & 35184372088832 > 0 THEN 2 ELSE 0 END AS kind,
    (event & 35184372088831) - 8796093022208 AS cents
  FROM (SELECT bill_no, ABS(UNNEST(events)) AS event FROM special)
  WHERE event > 1
  UNION ALL
  SELECT
    bill_no,
    credit_date - CAST(:as_of AS DATE),
    CASE WHEN reason = 'quality_claim' THEN 0 ELSE 1 END,
    CAST(credit_note.amount * 100 AS BIGINT)
  FROM current.credit_note
  JOIN currency USING (currency)
  JOIN special ON bill_id = invoice_id AND (bill_account & 1023) = currency_no
  WHERE NOT is_deleted AND credit_date <= CAST(:as_of AS DATE)
  UNION ALL
  SELECT bill_no, claim_date - CAST(:as_of AS DATE), 0, CAST(claim.amount * 100 AS BIGINT)
  FROM current.claim
  JOIN currency USING (currency)
  JOIN special ON bill_id = invoice_id AND (bill_account & 1023) = currency_no
  WHERE NOT is_deleted AND settled_by = 'deduction' AND claim_date <= CAST(:as_of AS DATE)
),

-- Where the source states a balance, the gap to what was seen is paid the day it was stated, and again if it changes.
happened AS MATERIALIZED (
  SELECT bill_no, day, kind, cents
  FROM seen
  UNION ALL
  SELECT bill_no, day, 0, gap - LAG(gap, 1, 0) OVER (PARTITION BY bill_no ORDER BY day)
  FROM (
    SELECT stated.bill_no, stated.day, CASE WHEN ABS(gap) > 1 THEN gap ELSE 0 END AS gap
    FROM (
      SELECT
        stated.bill_no,
        stated.day,
        ANY_VALUE(stated.left) - COALESCE(SUM(seen.cents), 0) AS gap
      FROM (
        SELECT
          bill_no,
          stated_on - CAST(:as_of AS DATE) AS day,
          amount - CAST(balance_amount * 100 AS BIGINT) AS left
        FROM current.invoice_balance
        JOIN special ON bill_id = invoice_id
        WHERE NOT is_deleted AND stated_on <= CAST(:as_of AS DATE)
      ) AS stated
      LEFT JOIN seen ON seen.bill_no = stated.bill_no AND seen.day <= stated.day
      GROUP BY stated.bill_no, stated.day
    ) AS stated
  )
),

residual AS MATERIALIZED (
  SELECT
    bill_no,
    bill_id,
    bill_account,
    due,
    issued,
    amount,
    COALESCE(booked, 0) AS booked,
    COALESCE(booked_before, 0) AS booked_before,
    GREATEST(amount - COALESCE(credited, 0), 0) AS to_be_paid,
    GREATEST(amount - COALESCE(credited, 0), 0) - COALESCE(paid, 0) AS residual,
    COALESCE(paid, 0) AS paid,
    first_paid,
    last_paid
  FROM special
  LEFT JOIN (
    SELECT
      bill_no,
      SUM(CASE WHEN kind = 0 THEN cents END) AS paid,
      SUM(CASE WHEN kind = 1 THEN cents END) AS credited,
      SUM(cents) AS booked,
      SUM(CASE
        WHEN day <= CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE) THEN cents
      END) AS booked_before,
      MIN(CASE WHEN kind = 0 THEN day END) AS first_paid,
      MAX(CASE WHEN kind = 0 THEN day END) AS last_paid
    FROM happened
    GROUP BY bill_no
  ) USING (bill_no)
),

-- Money on account and bills lie end to end on one line; where they overlap, one pays the other.
oldest_first AS MATERIALIZED (
  SELECT
    owing.bill_no,
    on_account.paid_on AS day,
    LEAST(on_account.pool_end, owing.owed_end) - GREATEST(on_account.pool_start, owing.owed_end - owing.residual)
      AS cents
  FROM (
    SELECT
      bill_no,
      bill_account,
      residual,
      SUM(residual) OVER (
        PARTITION BY bill_account ORDER BY due, bill_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS owed_end
    FROM residual
    WHERE due IS NOT NULL AND residual > 1
      AND bill_account IN (SELECT account FROM on_account WHERE pool_end > 0)
  ) AS owing
  JOIN on_account
    ON on_account.account = owing.bill_account
    AND on_account.pool_start < owing.owed_end
    AND on_account.pool_end > owing.owed_end - owing.residual
),

contested AS (
  SELECT
    residual.*,
    unpaid,
    CASE
      WHEN dispute.live_in_full > 0 OR unpaid - COALESCE(dispute.live, 0) <= 1 THEN unpaid
      ELSE COALESCE(dispute.live, 0)
    END AS disputed,
    COALESCE(dispute.won, 0) > 0 AS is_won
  FROM (
    SELECT
      residual.*,
      put,
      CASE WHEN residual - COALESCE(put, 0) <= 1 THEN 0 ELSE residual - COALESCE(put, 0) END AS unpaid
    FROM residual
    LEFT JOIN (SELECT bill_no, SUM(cents) AS put FROM oldest_first GROUP BY bill_no) USING (bill_no)
  ) AS residual
  LEFT JOIN (
    SELECT
      invoice_id,
      COUNT(*) FILTER (WHERE is_live AND amount IS NULL) AS live_in_full,
      CAST(SUM(amount) FILTER (WHERE is_live) * 100 AS BIGINT) AS live,
      COUNT(*) FILTER (WHERE outcome = 'customer' AND closed_date <= CAST(:as_of AS DATE)) AS won
    FROM (
      SELECT
        *,
        opened_date > CAST(:as_of AS DATE) - 60 AND (closed_date IS NULL OR closed_date > CAST(:as_of AS DATE))
          AS is_live
      FROM current.dispute
      WHERE NOT is_deleted AND (opened_date IS NULL OR opened_date <= CAST(:as_of AS DATE))
    )
    GROUP BY invoice_id
  ) AS dispute ON dispute.invoice_id = bill_id
),

judged AS MATERIALIZED (
  SELECT *, GREATEST(to_be_paid - disputed, 0) AS judged FROM contested
),

-- Paid on several days. Money counts from the day it came to stay; a tolerated cent goes with what settled, and
-- what was paid too much with nothing.
settled AS (
  SELECT
    bill_no,
    MIN(CASE WHEN kept = judged THEN day END) AS settled,
    SUM((kept - earlier) * GREATEST(day - due, 0)) AS late_cent_days,
    SUM((kept - earlier) * (day - due)) AS signed_cent_days
  FROM (
    SELECT *, LAG(kept, 1, 0) OVER (PARTITION BY bill_no ORDER BY day) AS earlier
    FROM (
      SELECT
        bill_no, day, due, judged,
        CASE WHEN kept >= judged - 1 THEN judged ELSE GREATEST(kept, 0) END AS kept
      FROM (
        SELECT
          bill_no, day, due, judged,
          MIN(running) OVER (
            PARTITION BY bill_no ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
          ) AS kept
        FROM (
          SELECT
            bill_no, day, due, judged,
            SUM(cents) OVER (
              PARTITION BY bill_no ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ) AS running
          FROM (
            SELECT bill_no, day, ANY_VALUE(due) AS due, ANY_VALUE(judged) AS judged, SUM(cents) AS cents
            FROM (
              SELECT bill_no, day, cents FROM happened WHERE kind = 0
              UNION ALL
              SELECT bill_no, day, cents FROM oldest_first
            )
            JOIN (SELECT bill_no, due, judged FROM judged WHERE first_paid < last_paid OR put > 0) USING (bill_no)
            GROUP BY bill_no, day
          )
        )
      )
    )
  )
  GROUP BY bill_no
),

special_item AS MATERIALIZED (
  SELECT
    bill_account,
    due,
    issued,
    CAST(CASE WHEN is_won AND settled IS NOT NULL THEN 0 ELSE judged END AS BIGINT) AS judged,
    settled,
    CAST(late_cent_days AS DOUBLE) + LEAST(unpaid - disputed, judged) * GREATEST(-due, 0) AS late_cent_days,
    CAST(signed_cent_days AS DOUBLE) + LEAST(unpaid - disputed, judged) * (-due) AS signed_cent_days,
    CAST(CASE WHEN amount - booked > 1 THEN amount - booked ELSE 0 END AS BIGINT) AS open,
    CAST(CASE
      WHEN amount - booked_before > 1
        AND issued <= CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
        THEN amount - booked_before
      ELSE 0
    END AS BIGINT) AS opening
  FROM (
    SELECT
      judged.*,
      CASE
        WHEN unpaid > disputed OR (unpaid > 0 AND judged <= 1) THEN NULL
        WHEN judged <= 1 THEN issued
        WHEN settled.bill_no IS NULL THEN first_paid
        ELSE settled.settled
      END AS settled,
      COALESCE(settled.late_cent_days, once * GREATEST(first_paid - due, 0), 0) AS late_cent_days,
      COALESCE(settled.signed_cent_days, once * (first_paid - due), 0) AS signed_cent_days
    FROM (SELECT *, CASE WHEN paid >= judged - 1 THEN judged ELSE GREATEST(paid, 0) END AS once FROM judged) AS judged
    LEFT JOIN settled USING (bill_no)
  )
),

-- Bills of two events at most.
plain AS (
  SELECT
    bill_account,
    due,
    issued,
    amount,
    CASE WHEN amount - paid > 1 THEN amount - paid ELSE 0 END AS open,
    (first_event >> 46) - 32768 AS first_day,
    (last_event >> 46) - 32768 AS last_day,
    (first_event & 35184372088831) - 8796093022208 AS first_cents,
    CASE WHEN event_cnt > 1 THEN (last_event & 35184372088831) - 8796093022208 ELSE 0 END AS last_cents,
    CASE WHEN first_cents >= amount - 1 THEN amount ELSE first_cents END AS first_kept,
    CASE WHEN paid >= amount - 1 THEN amount ELSE paid END AS kept,
    CASE
      WHEN amount - paid > 1 THEN NULL
      WHEN first_cents >= amount - 1 THEN first_day
      ELSE last_day
    END AS settled
  FROM piece
  WHERE event_cnt <= 2 AND (first_event > 0 OR first_event IS NULL)
    AND (amount - paid <= 1 OR bill_account NOT IN (SELECT account FROM on_account WHERE pool_end > 0))
),

item AS (
  SELECT
    bill_account,
    due,
    issued,
    amount AS judged,
    settled,
    COALESCE(first_kept * GREATEST(first_day - due, 0) + (kept - first_kept) * GREATEST(last_day - due, 0), 0)
      + open * GREATEST(-due, 0) AS late_cent_days,
    COALESCE(first_kept * (first_day - due) + (kept - first_kept) * (last_day - due), 0)
      - open * due AS signed_cent_days,
    open,
    CASE
      WHEN issued > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE) THEN 0
      ELSE amount - CASE
        WHEN last_day <= CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE) THEN kept
        WHEN first_day <= CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
          THEN first_kept
        ELSE 0
      END
    END AS opening
  FROM plain
  UNION ALL
  SELECT
    bill_account,
    due,
    issued,
    amount,
    paid_on,
    amount * GREATEST(paid_on - due, 0),
    amount * (paid_on - due),
    0,
    CASE
      WHEN issued <= CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
        AND paid_on > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
        THEN amount
      ELSE 0
    END
  FROM (
    SELECT
      bill >> 32 AS bill_account,
      NULLIF((bill >> 16) & 65535, 0) - 32768 AS due,
      (bill & 65535) - 32768 AS issued,
      ((paying >> 2) & 65535) - 32768 AS paid_on,
      amount
    FROM matched
    WHERE is_whole
  )
  WHERE bill_account >> 10 NOT IN (SELECT customer_no FROM doubled) AND (
    due > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
    OR paid_on > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE)
  )
  UNION ALL
  SELECT * FROM special_item
),

weighed AS (
  SELECT
    bill_account >> 10 AS customer_no,
    rate,
    due,
    CASE WHEN is_judged THEN COALESCE(settled, 0) - due END AS late,
    CASE WHEN is_judged THEN judged * rate END AS judged,
    CASE WHEN is_judged THEN CAST(judged * rate AS DOUBLE) END AS weight,
    CASE WHEN is_judged THEN CAST(rate AS DOUBLE) * late_cent_days END AS late_weight,
    CASE WHEN is_judged THEN CAST(rate AS DOUBLE) * signed_cent_days END AS signed_weight,
    CASE WHEN is_judged AND settled IS NOT NULL THEN CAST(judged * rate AS DOUBLE) END AS settled_weight,
    COALESCE(settled, 0) - issued AS to_pay,
    due > CAST(CAST(:as_of AS DATE) - INTERVAL 3 MONTH AS DATE) - CAST(:as_of AS DATE)
      OR settled > CAST(CAST(:as_of AS DATE) - INTERVAL 3 MONTH AS DATE) - CAST(:as_of AS DATE)
      AS is_recent,
    CASE WHEN open > 0 THEN open * rate END AS open,
    CASE WHEN opening > 1 THEN opening * rate END AS opening
  FROM (
    SELECT
      item.*,
      judged > 1 AND (
        (due > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE) AND due <= 0)
        OR (due IS NOT NULL
          AND settled > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE))
        OR (settled IS NULL AND due < 0)
      ) AS is_judged
    FROM item
  )
  JOIN currency ON currency_no = bill_account & 1023
),

book AS (
  SELECT
    customer_no,
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
    SUM(settled_weight * to_pay) AS pay_weight,
    SUM(settled_weight) AS settled_weight,
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
    SUM(open) AS open,
    SUM(CASE WHEN due >= 0 THEN open END) AS current,
    SUM(CASE WHEN due < 0 THEN open END) AS overdue,
    SUM(CAST(open AS DOUBLE) * CASE
      WHEN due < -90 THEN 105
      WHEN due < -60 THEN 75
      WHEN due < -30 THEN 45
      WHEN due < 0 THEN 15
      ELSE 0
    END) FILTER (WHERE due IS NOT NULL) AS bucket_days,
    SUM(CASE WHEN due IS NOT NULL THEN open END) AS dated_open,
    SUM(opening) AS opening
  FROM weighed
  GROUP BY customer_no
),

-- What was sold in a month less what was credited in it, and what is still open of it.
month AS (
  SELECT
    customer_no,
    month,
    COUNT(*) FILTER (WHERE is_bill AND base IS NULL) AS no_fx_item_cnt,
    SUM(base) AS sales,
    SUM(base) FILTER (WHERE is_in_window) AS window_sales,
    SUM(open_days) AS open_days
  FROM (
    SELECT
      customer_no,
      YEAR(invoice_date) * 12 + MONTH(invoice_date) - 24001 AS month,
      TRUE AS is_bill,
      CAST(invoice.amount * 100 AS BIGINT) * rate AS base,
      invoice_date > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) AS is_in_window,
      NULL AS open_days
    FROM current.invoice
    LEFT JOIN currency USING (currency)
    LEFT JOIN customer USING (customer_id)
    WHERE NOT is_deleted AND invoice_date <= CAST(:as_of AS DATE)
    UNION ALL
    SELECT
      COALESCE(bill_account >> 10, customer_no),
      YEAR(credit_date) * 12 + MONTH(credit_date) - 24001,
      FALSE,
      -CAST(credit_note.amount * 100 AS BIGINT) * rate,
      credit_date > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE),
      NULL
    FROM current.credit_note
    JOIN currency USING (currency)
    LEFT JOIN special ON bill_id = invoice_id AND (bill_account & 1023) = currency_no
    LEFT JOIN customer USING (customer_id)
    WHERE NOT is_deleted AND reason <> 'quality_claim' AND credit_date <= CAST(:as_of AS DATE)
    UNION ALL
    SELECT
      bill_account >> 10,
      YEAR(CAST(:as_of AS DATE) + CAST(issued AS INTEGER)) * 12
        + MONTH(CAST(:as_of AS DATE) + CAST(issued AS INTEGER)) - 24001,
      FALSE,
      NULL,
      FALSE,
      CAST(open * rate AS DOUBLE) * -issued
    FROM (
      SELECT bill_account, issued, open FROM plain WHERE open > 0
      UNION ALL
      SELECT bill_account, issued, open FROM special_item WHERE open > 0
    )
    JOIN currency ON currency_no = bill_account & 1023
  )
  WHERE customer_no IS NOT NULL
  GROUP BY customer_no, month
),

-- A month stands above the worth of its sales, to the 7th digit, in one whole number.
sale AS (
  SELECT
    customer_no,
    SUM(no_fx_item_cnt) AS no_fx_item_cnt,
    SUM(sales) AS sales,
    SUM(window_sales) AS window_sales,
    SUM(GREATEST(sales, 0)) AS placed,
    MIN(month) AS first_month,
    COUNT(*) AS month_cnt,
    CASE WHEN COUNT(*) FILTER (WHERE open_days IS NOT NULL AND (sales > 0) IS NOT TRUE) = 0
      THEN COALESCE(SUM(open_days / CAST(sales AS DOUBLE)), 0) END AS true_dso,
    LIST(month * 18014398509481984 + CAST(GREATEST(CAST(sales AS DOUBLE), 0) / 1000 AS BIGINT)) AS months
  FROM month
  GROUP BY customer_no
),

odd AS (
  SELECT
    payment_id,
    kind,
    paid_on,
    payer_account,
    whole,
    paid,
    odd,
    odd_paid,
    CASE
      WHEN payer_account > 1024 OR payer_account < 0 THEN payer_account
      ELSE first_account // 1024 * 1024 + payer_account
    END AS account,
    is_other_currency
  FROM (
    SELECT
      *,
      paying & 3 AS kind,
      ((paying >> 2) & 65535) - 32768 AS paid_on,
      paying >> 18 AS payer_account,
      LIST_SUM(LIST_TRANSFORM(odd, LAMBDA part: part.cents)) AS odd_paid,
      LIST_MIN(LIST_TRANSFORM(odd, LAMBDA part: part.account)) AS first_account,
      LEN(LIST_FILTER(odd, LAMBDA part: (part.account & 1023) <> (payer_account & 1023))) > 0 AS is_other_currency
    FROM settling
    WHERE odd IS NOT NULL
  )
),

-- A payment is one row of each customer whose bills it paid.
received AS (
  SELECT customer_no, kind, paid_on, whole * rate AS base, COALESCE(whole * rate, whole) > 0 AS is_paid
  FROM (
    SELECT
      paying >> 28 AS customer_no,
      (paying >> 18) & 1023 AS currency_no,
      paying & 3 AS kind,
      ((paying >> 2) & 65535) - 32768 AS paid_on,
      whole
    FROM (
      SELECT paying, whole FROM matched WHERE payment_id IS NULL AND paying >> 28 > 0
      UNION ALL
      SELECT paying, whole FROM settling WHERE odd IS NULL AND paying >> 28 > 0
    )
    WHERE paying & 3 < 2
  )
  JOIN currency USING (currency_no)
  UNION ALL
  SELECT customer_no, MIN(kind), MIN(paid_on), SUM(cents * rate), COALESCE(SUM(cents * rate), SUM(cents)) > 0
  FROM (
    SELECT payment_id, kind, paid_on, part.account >> 10 AS customer_no, part.account & 1023 AS currency_no, part.cents
    FROM (SELECT payment_id, kind, paid_on, UNNEST(odd) AS part FROM odd)
    UNION ALL
    SELECT payment_id, kind, paid_on, payer_account >> 10, payer_account & 1023, paid - odd_paid
    FROM odd
    UNION ALL
    SELECT payment_id, kind, paid_on, account >> 10, account & 1023, whole - paid
    FROM odd
    WHERE NOT is_other_currency
  )
  JOIN currency USING (currency_no)
  WHERE cents <> 0 AND customer_no > 0 AND kind < 2
  GROUP BY customer_no, payment_id
),

cash AS (
  SELECT
    customer_no,
    COUNT(*) FILTER (WHERE is_paid AND is_in_window) AS payment_cnt,
    SUM(base) FILTER (WHERE is_in_window) AS payment_base,
    SUM(base) FILTER (
      WHERE is_in_window AND paid_on > CAST(CAST(:as_of AS DATE) - INTERVAL 6 MONTH AS DATE) - CAST(:as_of AS DATE)
    ) AS recent_base,
    MAX(paid_on) FILTER (WHERE is_paid) AS last_payment,
    LIST_SORT(LIST(CAST(paid_on AS DOUBLE)) FILTER (WHERE is_paid AND is_in_window)) AS paying_days,
    SUM(lost) AS lost
  FROM (
    SELECT
      customer_no,
      paid_on,
      CASE WHEN kind = 0 THEN base END AS base,
      CASE WHEN kind = 1 THEN base END AS lost,
      is_paid AND kind = 0 AS is_paid,
      paid_on > CAST(CAST(:as_of AS DATE) - INTERVAL 12 MONTH AS DATE) - CAST(:as_of AS DATE) AS is_in_window
    FROM received
  )
  GROUP BY customer_no
),

per_customer AS (
  SELECT
    customer.customer_id,
    customer.first_sale,
    sale.* EXCLUDE (customer_no, months),
    book.* EXCLUDE (customer_no, open, current, overdue, opening),
    cash.* EXCLUDE (customer_no, payment_base),
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
    CASE WHEN window_sales > 0 THEN window_sales END AS credit_sales,
    CASE WHEN book.open > 0 THEN LIST_REVERSE_SORT(months) END AS newest_months
  FROM customer
  JOIN sale USING (customer_no)
  LEFT JOIN book USING (customer_no)
  LEFT JOIN cash USING (customer_no)
),

-- Newest month first until the receivables are used up: what is left of them, or the month that took the last,
-- negative. The 7th digit of a month may be lost in rounding.
run_off AS (
  SELECT
    per_customer.*,
    CASE WHEN open > 0 THEN LIST_REDUCE(
      newest_months,
      LAMBDA rest, sale: CASE
        WHEN rest < 0 THEN rest
        WHEN rest - (sale & 18014398509481983) > month_cnt THEN rest - (sale & 18014398509481983)
        ELSE -(sale >> 54)
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
      LIST_FILTER(newest_months, LAMBDA sale: sale >> 54 > -rest), LAMBDA sale: sale & 18014398509481983
    )), 0) END AS newer,
    CASE WHEN rest < 0 THEN LIST_SUM(LIST_TRANSFORM(
      LIST_FILTER(newest_months, LAMBDA sale: sale >> 54 = -rest), LAMBDA sale: sale & 18014398509481983
    )) END AS month_sales,
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
    WHEN rest > 0 THEN 1 + CAST(:as_of AS DATE) - MAKE_DATE(2000 + first_month // 12, first_month % 12 + 1, 1)
    ELSE ROUND(
      CAST(:as_of AS DATE) - LEAST(LAST_DAY(month_start), CAST(:as_of AS DATE))
      + (open / 1000 - newer) / month_sales
        * (1 + LEAST(LAST_DAY(month_start), CAST(:as_of AS DATE)) - month_start), 6)
  END AS countback_dso,
  COALESCE(rest > 0, FALSE) AS dso_capped,
  CAST(CASE WHEN rest > 0 THEN (open - placed + 50000000) // 100000000 ELSE 0 END AS DECIMAL(28, 0))
    * CAST(0.01 AS DECIMAL(3, 2)) AS dso_residual_amount,
  CASE WHEN credit_sales IS NOT NULL THEN ROUND(true_dso, 6) END AS true_dso,
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
  -last_payment AS days_since_payment,
  ROUND(COALESCE(lost, 0) / CASE WHEN sales > 0 THEN sales END, 6) AS bad_debt_ratio,
  no_fx_item_cnt,
  CASE WHEN judged_cnt > 0 IS NOT TRUE THEN 'none_judged' WHEN no_fx_item_cnt > 0 THEN 'no_fx' END AS null_reason
FROM counted
ORDER BY customer_id
