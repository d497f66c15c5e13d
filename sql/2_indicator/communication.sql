-- communication: are we in touch with each customer, does it answer, and does it keep its word?
--
-- Contact is what reached the other side: what it sent us, and what of ours was answered or called for no answer.
-- Its answers are those to what we sent; our own answers say nothing of the customer. A promise is judged when
-- its day has come: as the collector noted, else by the money that came from the day it was given to the day it
-- was for, each promise by itself. Nothing recorded is 0 only where our systems record such things at all.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-95, R3-30, R4-71, R4-23, R4-104, R4-E1, R3-71; EW16.
--
-- Columns
--   customer_id                VARCHAR        the customer
--   last_contact_date          DATE           the last day we were in touch; NULL: contact_gap_days_reason [R3-30]
--   contact_gap_days           INTEGER        days since then; NULL: contact_gap_days_reason [R0-95]
--   contact_gap_days_reason    VARCHAR        not_connected, never_contacted; NULL: there is one
--   no_contact_since           DATE           last_contact_date, else the day it became a customer: EW16 counts from it; NULL: not_connected, neither
--   last_attempt_date          DATE           the last day we or it tried, answered or not; NULL: never, not_connected
--   contact_cnt_12m            BIGINT         contacts in the window; NULL: not_connected [R4-71]
--   contact_phone_cnt_12m      BIGINT         by telephone; NULL: not_connected
--   contact_mail_cnt_12m       BIGINT         by mail; NULL: not_connected
--   contact_visit_cnt_12m      BIGINT         visits and meetings; NULL: not_connected
--   contact_message_cnt_12m    BIGINT         messages and social media; NULL: not_connected
--   contact_other_cnt_12m      BIGINT         otherwise, or nobody said how; NULL: not_connected
--   contact_channel            VARCHAR        the way most of them went: phone, mail, visit, message, other; NULL: none in the window [R4-71]
--   business_contact_cnt_12m   BIGINT         about its operations or finance; NULL: not_connected [R3-30]
--   care_contact_cnt_12m       BIGINT         birthdays, gifts, thanks; NULL: not_connected [R4-23]
--   reply_called_cnt_12m       BIGINT         what we sent that called for an answer; NULL: not_connected
--   unanswered_cnt_12m         BIGINT         what of it was not answered; NULL: not_connected
--   reply_share                DECIMAL(18,6)  fraction of it that was answered; NULL: not_connected, nothing_asked [R0-95]
--   reply_share_reason         VARCHAR        why reply_share is NULL; NULL: there is one
--   reply_cnt_12m              BIGINT         answers whose time is known; NULL: not_connected
--   reply_hours_med            DECIMAL(18,6)  hours to the customer's answer, median; NULL: reply_hours_med_reason [R0-95]
--   reply_hours_med_reason     VARCHAR        not_connected, nothing_asked, never_answered, no_times; NULL: there is one
--   promise_cnt_12m            BIGINT         promises to pay that fell due in the window and can be judged; NULL: not_connected
--   promise_kept_cnt_12m       BIGINT         those that were kept; NULL: not_connected
--   promise_broken_cnt_12m     BIGINT         those that were broken; NULL: not_connected [R4-104]
--   promise_kept_rate          DECIMAL(18,6)  fraction kept of those judged; NULL: promise_kept_rate_reason [R0-95]
--   promise_kept_rate_reason   VARCHAR        not_connected, no_promises, no_fx; NULL: there is one
--   promise_open_cnt           BIGINT         given, and their day is still to come; NULL: not_connected
--   promise_unknown_cnt        BIGINT         in the window, and whether they were kept hangs on a missing rate; NULL: not_connected
--   dunning_cnt_12m            BIGINT         times we asked for money that was due, in the window; NULL: not_connected [R4-E1]
--   dunning_level_max_12m      INTEGER        the sharpest step of them, 1 reminds; NULL: dunning_level_max_12m_reason [R3-71]
--   dunning_level_max_12m_reason VARCHAR      not_connected, never_dunned, no_level; NULL: there is one
--   dunning_answered_cnt_12m   BIGINT         those the customer answered; NULL: not_connected
--   dunning_unanswered_cnt_12m BIGINT         those it has not answered; NULL: not_connected
--   dunning_answered_share     DECIMAL(18,6)  fraction answered; NULL: dunning_answered_share_reason [R4-104]
--   dunning_answered_share_reason VARCHAR     not_connected, never_dunned; NULL: there is one
--   last_dunning_date          DATE           the last step, however long ago; NULL: never, not_connected
--   last_dunning_level         INTEGER        its level, the sharpest of that day; NULL: as last_dunning_date, not stated

WITH

activity AS (
  SELECT
    contact.activity_id,
    contact.customer_id,
    contact.contact_date,
    CASE
      WHEN contact.channel IN ('phone', 'mail') THEN contact.channel
      WHEN contact.channel IN ('visit', 'meeting') THEN 'visit'
      WHEN contact.channel IN ('message', 'social') THEN 'message'
      ELSE 'other'
    END AS way,
    contact.purpose,
    COALESCE(contact.direction, 'out') = 'out' AS is_ours,
    contact.has_reply,
    contact.reply_hours,
    COALESCE(contact.direction, 'out') = 'in' OR COALESCE(contact.has_reply, TRUE) AS is_contact,
    contact.contact_date > book.window_start AS is_recent
  FROM current.contact_activity AS contact
  CROSS JOIN policy.book
  WHERE NOT contact.is_deleted AND contact.contact_date <= CAST(:as_of AS DATE)
),

touched AS (
  SELECT
    customer_id,
    MAX(contact_date) FILTER (WHERE is_contact) AS last_contact_date,
    MAX(contact_date) AS last_attempt_date,
    COUNT(*) FILTER (WHERE is_contact AND is_recent) AS contact_cnt,
    COUNT(*) FILTER (WHERE is_contact AND is_recent AND way = 'phone') AS phone_cnt,
    COUNT(*) FILTER (WHERE is_contact AND is_recent AND way = 'mail') AS mail_cnt,
    COUNT(*) FILTER (WHERE is_contact AND is_recent AND way = 'visit') AS visit_cnt,
    COUNT(*) FILTER (WHERE is_contact AND is_recent AND way = 'message') AS message_cnt,
    COUNT(*) FILTER (WHERE is_contact AND is_recent AND way = 'other') AS other_cnt,
    COUNT(*) FILTER (WHERE is_contact AND is_recent AND purpose IN ('operations', 'finance'))
      AS business_cnt,
    COUNT(*) FILTER (WHERE is_contact AND is_recent AND purpose = 'care') AS care_cnt,
    COUNT(*) FILTER (WHERE is_ours AND is_recent AND has_reply) AS answered_cnt,
    COUNT(*) FILTER (WHERE is_ours AND is_recent AND NOT has_reply) AS unanswered_cnt
  FROM activity
  GROUP BY customer_id
),

-- The median by whole numbers (ADR 4): tenths of a place, each neighbour weighed by how near it is.
reply AS (
  SELECT
    customer_id,
    reply_hours,
    10 * (ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY reply_hours, activity_id) - 1) AS tenth,
    5 * (COUNT(*) OVER (PARTITION BY customer_id) - 1) AS median_tenth
  FROM activity
  WHERE is_ours AND is_recent AND has_reply AND reply_hours IS NOT NULL
),

replied AS (
  SELECT
    customer_id,
    COUNT(*) AS reply_cnt,
    CAST(CAST(0.1 AS DECIMAL(2, 1)) * CAST(SUM(CASE
      WHEN tenth = median_tenth - MOD(median_tenth, 10)
        THEN reply_hours * CAST(10 - MOD(median_tenth, 10) AS DECIMAL(2, 0))
      WHEN tenth = median_tenth - MOD(median_tenth, 10) + 10
        THEN reply_hours * CAST(MOD(median_tenth, 10) AS DECIMAL(2, 0))
      ELSE 0
    END) AS DECIMAL(14, 2)) AS DECIMAL(18, 6)) AS reply_hours_med
  FROM reply
  GROUP BY customer_id
),

promise AS (
  SELECT
    promise.promise_id,
    promise.customer_id,
    promise.invoice_id,
    promise.promised_on,
    promise.due_date,
    promise.amount,
    promise.currency,
    promise.is_kept,
    promise.due_date > CAST(:as_of AS DATE) AS is_open
  FROM current.promise AS promise
  CROSS JOIN policy.book
  WHERE NOT promise.is_deleted
    AND promise.promised_on <= CAST(:as_of AS DATE)
    AND promise.due_date > book.window_start
),

untold AS (
  SELECT promise.*, receivable.settled_date, receivable.invoice_id AS known_invoice_id
  FROM promise
  LEFT JOIN core.receivable AS receivable ON receivable.invoice_id = promise.invoice_id
  WHERE promise.is_kept IS NULL AND NOT promise.is_open
),

cash AS (
  SELECT customer_id, invoice_id, event_date, currency, amount
  FROM event.settlement
  WHERE kind IN ('cash', 'applied_unseen') AND customer_id IS NOT NULL
),

-- Money in the promise's own currency counts as it is; other money at tonight's rates. Cash on account may
-- have been for any invoice, so it counts for the one that was promised.
came AS (
  SELECT
    untold.promise_id,
    COALESCE(SUM(cash.amount) FILTER (WHERE cash.currency = untold.currency), 0) AS own_amount,
    COALESCE(SUM(cash.amount * currency.rate_to_base)
      FILTER (WHERE cash.currency <> untold.currency), 0) AS other_base,
    COUNT(*) FILTER (WHERE cash.currency <> untold.currency AND currency.rate_to_base IS NULL)
      AS no_rate_cnt,
    COUNT(*) FILTER (WHERE cash.currency <> untold.currency) AS other_cnt
  FROM untold
  JOIN cash
    ON cash.customer_id = untold.customer_id
      AND cash.event_date >= untold.promised_on
      AND cash.event_date <= untold.due_date
      AND (
        untold.known_invoice_id IS NULL
        OR cash.invoice_id IS NULL
        OR cash.invoice_id = untold.known_invoice_id
      )
  LEFT JOIN event.currency AS currency ON currency.currency = cash.currency
  GROUP BY untold.promise_id
),

told AS (
  SELECT
    untold.promise_id,
    CASE
      WHEN untold.settled_date <= untold.due_date THEN TRUE
      WHEN COALESCE(came.own_amount, 0) + book.residual_tolerance >= untold.amount THEN TRUE
      WHEN COALESCE(came.other_cnt, 0) = 0 THEN FALSE
      WHEN came.other_base >= (untold.amount - came.own_amount - book.residual_tolerance)
        * currency.rate_to_base THEN TRUE
      WHEN came.no_rate_cnt > 0 OR currency.rate_to_base IS NULL THEN NULL
      ELSE FALSE
    END AS is_kept
  FROM untold
  CROSS JOIN policy.book
  LEFT JOIN came ON came.promise_id = untold.promise_id
  LEFT JOIN event.currency AS currency ON currency.currency = untold.currency
),

judged AS (
  SELECT
    promise.customer_id,
    promise.is_open,
    COALESCE(promise.is_kept, told.is_kept) AS is_kept
  FROM promise
  LEFT JOIN told ON told.promise_id = promise.promise_id
),

promised AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE NOT is_open AND is_kept IS NOT NULL) AS judged_cnt,
    COUNT(*) FILTER (WHERE NOT is_open AND is_kept) AS kept_cnt,
    COUNT(*) FILTER (WHERE NOT is_open AND NOT is_kept) AS broken_cnt,
    COUNT(*) FILTER (WHERE NOT is_open AND is_kept IS NULL) AS unknown_cnt,
    COUNT(*) FILTER (WHERE is_open) AS open_cnt
  FROM judged
  GROUP BY customer_id
),

step AS (
  SELECT
    dunning.customer_id,
    dunning.sent_on,
    dunning.level,
    COALESCE(dunning.answered_on <= CAST(:as_of AS DATE), FALSE) AS is_answered,
    dunning.sent_on > book.window_start AS is_recent,
    MAX(dunning.sent_on) OVER (PARTITION BY dunning.customer_id) AS last_sent_on
  FROM current.dunning_step AS dunning
  CROSS JOIN policy.book
  WHERE NOT dunning.is_deleted AND dunning.sent_on <= CAST(:as_of AS DATE)
),

dunned AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE is_recent) AS step_cnt,
    MAX(level) FILTER (WHERE is_recent) AS level_max,
    COUNT(*) FILTER (WHERE is_recent AND is_answered) AS answered_cnt,
    MAX(sent_on) AS last_sent_on,
    MAX(level) FILTER (WHERE sent_on = last_sent_on) AS last_level
  FROM step
  GROUP BY customer_id
),

-- 0 where the record type is fed at all, NULL where nobody connected it.
contact_feed AS (
  SELECT CASE WHEN COUNT(*) > 0 THEN 0 END AS none FROM current.contact_activity
),

promise_feed AS (
  SELECT CASE WHEN COUNT(*) > 0 THEN 0 END AS none FROM current.promise
),

dunning_feed AS (
  SELECT CASE WHEN COUNT(*) > 0 THEN 0 END AS none FROM current.dunning_step
),

counted AS (
  SELECT
    customer.customer_id,
    customer.customer_since,
    contact_feed.none IS NOT NULL AS has_contacts,
    promise_feed.none IS NOT NULL AS has_promises,
    dunning_feed.none IS NOT NULL AS has_dunnings,
    touched.last_contact_date,
    touched.last_attempt_date,
    COALESCE(touched.contact_cnt, contact_feed.none) AS contact_cnt,
    COALESCE(touched.phone_cnt, contact_feed.none) AS phone_cnt,
    COALESCE(touched.mail_cnt, contact_feed.none) AS mail_cnt,
    COALESCE(touched.visit_cnt, contact_feed.none) AS visit_cnt,
    COALESCE(touched.message_cnt, contact_feed.none) AS message_cnt,
    COALESCE(touched.other_cnt, contact_feed.none) AS other_cnt,
    COALESCE(touched.business_cnt, contact_feed.none) AS business_cnt,
    COALESCE(touched.care_cnt, contact_feed.none) AS care_cnt,
    COALESCE(touched.answered_cnt, contact_feed.none) AS answered_cnt,
    COALESCE(touched.unanswered_cnt, contact_feed.none) AS unanswered_cnt,
    COALESCE(replied.reply_cnt, contact_feed.none) AS reply_cnt,
    replied.reply_hours_med,
    COALESCE(promised.judged_cnt, promise_feed.none) AS judged_cnt,
    COALESCE(promised.kept_cnt, promise_feed.none) AS kept_cnt,
    COALESCE(promised.broken_cnt, promise_feed.none) AS broken_cnt,
    COALESCE(promised.unknown_cnt, promise_feed.none) AS unknown_cnt,
    COALESCE(promised.open_cnt, promise_feed.none) AS open_cnt,
    COALESCE(dunned.step_cnt, dunning_feed.none) AS step_cnt,
    COALESCE(dunned.answered_cnt, dunning_feed.none) AS dunning_answered_cnt,
    dunned.level_max,
    dunned.last_sent_on,
    dunned.last_level
  FROM core.customer
  LEFT JOIN touched ON touched.customer_id = customer.customer_id
  LEFT JOIN replied ON replied.customer_id = customer.customer_id
  LEFT JOIN promised ON promised.customer_id = customer.customer_id
  LEFT JOIN dunned ON dunned.customer_id = customer.customer_id
  CROSS JOIN contact_feed
  CROSS JOIN promise_feed
  CROSS JOIN dunning_feed
)

SELECT
  customer_id,
  last_contact_date,
  EXTRACT(DAY FROM (
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(last_contact_date AS TIMESTAMP)
  )) AS contact_gap_days,
  CASE
    WHEN NOT has_contacts THEN 'not_connected'
    WHEN last_contact_date IS NULL THEN 'never_contacted'
  END AS contact_gap_days_reason,
  CASE WHEN has_contacts THEN COALESCE(last_contact_date, customer_since) END AS no_contact_since,
  last_attempt_date,
  contact_cnt AS contact_cnt_12m,
  phone_cnt AS contact_phone_cnt_12m,
  mail_cnt AS contact_mail_cnt_12m,
  visit_cnt AS contact_visit_cnt_12m,
  message_cnt AS contact_message_cnt_12m,
  other_cnt AS contact_other_cnt_12m,
  CASE
    WHEN contact_cnt > 0 THEN
      CASE GREATEST(phone_cnt, mail_cnt, visit_cnt, message_cnt, other_cnt)
        WHEN visit_cnt THEN 'visit'
        WHEN phone_cnt THEN 'phone'
        WHEN message_cnt THEN 'message'
        WHEN mail_cnt THEN 'mail'
        ELSE 'other'
      END
  END AS contact_channel,
  business_cnt AS business_contact_cnt_12m,
  care_cnt AS care_contact_cnt_12m,
  answered_cnt + unanswered_cnt AS reply_called_cnt_12m,
  unanswered_cnt AS unanswered_cnt_12m,
  CAST(CAST(answered_cnt / NULLIF(CAST(answered_cnt + unanswered_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS reply_share,
  CASE
    WHEN NOT has_contacts THEN 'not_connected'
    WHEN answered_cnt + unanswered_cnt = 0 THEN 'nothing_asked'
  END AS reply_share_reason,
  reply_cnt AS reply_cnt_12m,
  reply_hours_med,
  CASE
    WHEN NOT has_contacts THEN 'not_connected'
    WHEN answered_cnt + unanswered_cnt = 0 THEN 'nothing_asked'
    WHEN answered_cnt = 0 THEN 'never_answered'
    WHEN reply_cnt = 0 THEN 'no_times'
  END AS reply_hours_med_reason,
  judged_cnt AS promise_cnt_12m,
  kept_cnt AS promise_kept_cnt_12m,
  broken_cnt AS promise_broken_cnt_12m,
  CAST(CAST(kept_cnt / NULLIF(CAST(judged_cnt AS DECIMAL(18, 2)), 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS promise_kept_rate,
  CASE
    WHEN NOT has_promises THEN 'not_connected'
    WHEN judged_cnt = 0 AND unknown_cnt > 0 THEN 'no_fx'
    WHEN judged_cnt = 0 THEN 'no_promises'
  END AS promise_kept_rate_reason,
  open_cnt AS promise_open_cnt,
  unknown_cnt AS promise_unknown_cnt,
  step_cnt AS dunning_cnt_12m,
  level_max AS dunning_level_max_12m,
  CASE
    WHEN NOT has_dunnings THEN 'not_connected'
    WHEN step_cnt = 0 THEN 'never_dunned'
    WHEN level_max IS NULL THEN 'no_level'
  END AS dunning_level_max_12m_reason,
  dunning_answered_cnt AS dunning_answered_cnt_12m,
  step_cnt - dunning_answered_cnt AS dunning_unanswered_cnt_12m,
  CAST(CAST(dunning_answered_cnt / NULLIF(CAST(step_cnt AS DECIMAL(18, 2)), 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS dunning_answered_share,
  CASE
    WHEN NOT has_dunnings THEN 'not_connected'
    WHEN step_cnt = 0 THEN 'never_dunned'
  END AS dunning_answered_share_reason,
  last_sent_on AS last_dunning_date,
  last_level AS last_dunning_level
FROM counted
ORDER BY customer_id
