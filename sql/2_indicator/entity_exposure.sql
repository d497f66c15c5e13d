-- entity_exposure: what does each customer owe, or has it ordered, from each of our companies?
--
-- In the currency of the documents, by payer: an exposure that one of our companies sees is not the customer's
-- (measure.exposure) nor its group's (mart.group_exposure). Every component stands apart; which of them count is the
-- policy's, one floor up. Cash and credits on account name no company and are in indicator.aging.
--
-- Grain: one row per customer, company and currency with anything open. Key: customer_id, company_id, currency.
-- Requirements: I5, I7, I12, I13, I14, I18, I22; A0.1 Currency, Words; Q10.
--
-- Columns
--   customer_id              VARCHAR        the customer who pays
--   company_id               VARCHAR        which of our companies; empty: the documents do not say
--   currency                 VARCHAR        of every amount but those in base
--   rate_to_base             DECIMAL(19,8)  tonight's; NULL: no_fx
--   open_item_cnt            BIGINT         invoices with an open amount
--   receivable_amount        DECIMAL(28,2)  open in the ledger
--   disputed_amount          DECIMAL(28,2)  of it, in dispute and left out of the letters
--   overdue_amount           DECIMAL(28,2)  of it, past due and not in dispute
--   oldest_overdue_date      DATE           the oldest due date of that; NULL: nothing is overdue
--   open_order_amount        DECIMAL(28,2)  orders not delivered in full, as ordered
--   undelivered_order_amount DECIMAL(28,2)  of it, what deliveries have not brought yet; with no quantities stated, the whole
--   delivered_order_amount   DECIMAL(28,2)  orders delivered and not closed; NULL: the policy does not count them
--   receivable_base          DECIMAL(28,2)  receivable_amount in the base currency; NULL: no_fx
--   order_base               DECIMAL(28,2)  open_order_amount in the base currency; NULL: no_fx

WITH

item AS (
  SELECT
    receivable.invoice_id, receivable.customer_id, receivable.currency, receivable.open_amount,
    LEAST(receivable.disputed_amount, receivable.open_amount) AS disputed_amount,
    CASE WHEN receivable.due_date < CAST(:as_of AS DATE)
      THEN GREATEST(
        LEAST(receivable.open_amount, receivable.unpaid_amount - receivable.disputed_amount), 0
      )
      ELSE 0
    END AS overdue_amount,
    receivable.due_date
  FROM core.receivable
  WHERE receivable.open_amount > 0
),

owed AS (
  SELECT
    item.customer_id,
    COALESCE(invoice.company_id, '') AS company_id,
    item.currency,
    COUNT(*) AS open_item_cnt,
    SUM(item.open_amount) AS receivable_amount,
    SUM(item.disputed_amount) AS disputed_amount,
    SUM(item.overdue_amount) AS overdue_amount,
    MIN(CASE WHEN item.overdue_amount > 0 THEN item.due_date END) AS oldest_overdue_date
  FROM item
  LEFT JOIN current.invoice ON invoice.invoice_id = item.invoice_id
  GROUP BY item.customer_id, COALESCE(invoice.company_id, ''), item.currency
),

-- Books that never close an order have millions delivered: they too are read only where the policy counts them.
ordered AS (
  SELECT
    sales_order.order_id, sales_order.customer_id,
    COALESCE(sales_order.company_id, '') AS company_id,
    sales_order.currency, sales_order.amount, sales_order.status
  FROM current.sales_order
  JOIN policy.terms
    ON terms.is_active
    AND (sales_order.status = 'open' OR (sales_order.status = 'delivered' AND terms.counts_delivered_orders))
  WHERE NOT sales_order.is_deleted AND sales_order.order_date <= CAST(:as_of AS DATE)
),

-- Deliveries are many: they are read only where the policy counts what is not delivered yet.
-- What a delivery of next week is to bring has been ordered too. More than was ordered, or pieces of which nobody
-- knows how many were ordered, make up for no others.
brought AS (
  SELECT
    delivery.order_id,
    SUM(delivery.quantity_ordered) AS quantity_ordered,
    SUM(CASE
      WHEN COALESCE(delivery.actual_date, delivery.promised_date) > CAST(:as_of AS DATE) THEN 0
      ELSE LEAST(COALESCE(delivery.quantity_delivered, 0), delivery.quantity_ordered)
    END) AS quantity_delivered
  FROM current.delivery
  JOIN policy.terms ON terms.is_active AND terms.open_orders = 'undelivered'
  WHERE NOT delivery.is_deleted AND delivery.quantity_ordered IS NOT NULL
  GROUP BY delivery.order_id
),

planned AS (
  SELECT
    ordered.customer_id, ordered.company_id, ordered.currency, ordered.status, ordered.amount,
    COALESCE(
      CAST(CAST(
        ordered.amount * (brought.quantity_ordered - brought.quantity_delivered)
        / NULLIF(brought.quantity_ordered, 0)
        AS DECIMAL(28, 10)) AS DECIMAL(28, 2)),
      ordered.amount
    ) AS undelivered_amount
  FROM ordered
  LEFT JOIN brought ON brought.order_id = ordered.order_id
),

promised AS (
  SELECT
    customer_id, company_id, currency,
    SUM(CASE WHEN status = 'open' THEN amount ELSE 0 END) AS open_order_amount,
    SUM(CASE WHEN status = 'open' THEN undelivered_amount ELSE 0 END) AS undelivered_order_amount,
    SUM(CASE WHEN status = 'delivered' THEN amount ELSE 0 END) AS delivered_order_amount
  FROM planned
  GROUP BY customer_id, company_id, currency
),

both_kinds AS (
  SELECT customer_id, company_id, currency FROM owed
  UNION
  SELECT customer_id, company_id, currency FROM promised
)

SELECT
  both_kinds.customer_id,
  both_kinds.company_id,
  both_kinds.currency,
  currency.rate_to_base,
  COALESCE(owed.open_item_cnt, 0) AS open_item_cnt,
  COALESCE(owed.receivable_amount, 0) AS receivable_amount,
  COALESCE(owed.disputed_amount, 0) AS disputed_amount,
  COALESCE(owed.overdue_amount, 0) AS overdue_amount,
  owed.oldest_overdue_date,
  COALESCE(promised.open_order_amount, 0) AS open_order_amount,
  COALESCE(promised.undelivered_order_amount, 0) AS undelivered_order_amount,
  CASE WHEN terms.counts_delivered_orders THEN COALESCE(promised.delivered_order_amount, 0) END
    AS delivered_order_amount,
  CASE
    WHEN currency.rate_to_base = 1 THEN COALESCE(owed.receivable_amount, 0)
    ELSE CAST(CAST(COALESCE(owed.receivable_amount, 0) AS DECIMAL(28, 2)) * currency.rate_to_base
      AS DECIMAL(28, 2))
  END AS receivable_base,
  CASE
    WHEN currency.rate_to_base = 1 THEN COALESCE(promised.open_order_amount, 0)
    ELSE CAST(
      CAST(COALESCE(promised.open_order_amount, 0) AS DECIMAL(28, 2)) * currency.rate_to_base
      AS DECIMAL(28, 2))
  END AS order_base
FROM both_kinds
JOIN policy.terms ON terms.is_active
LEFT JOIN owed
  ON owed.customer_id = both_kinds.customer_id
  AND owed.company_id = both_kinds.company_id
  AND owed.currency = both_kinds.currency
LEFT JOIN promised
  ON promised.customer_id = both_kinds.customer_id
  AND promised.company_id = both_kinds.company_id
  AND promised.currency = both_kinds.currency
LEFT JOIN event.currency ON currency.currency = both_kinds.currency
ORDER BY customer_id, company_id, currency
