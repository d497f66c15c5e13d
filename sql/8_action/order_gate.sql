-- order_gate: may a new order of the customer be taken tonight: on credit, against prepayment, or not at all?
--
-- For the order desk, before anything is picked or shipped; it never stops an invoice for what has left (I1). Every
-- reason that holds is a column of its own, so that nobody has to guess which rule stopped an order, and each has its
-- words in both languages (I19, I24). The strictest reason decides. An exposure or a limit that is unknown gives no
-- credit and stops nobody who pays in advance.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R3-22, R3-23, R4-40, R4-49; I1, I5, I19, I20, I24; Q26; A0.1 Words.
--
-- Columns
--   policy_id              VARCHAR        the policy
--   customer_id            VARCHAR        the customer
--   is_active              BOOLEAN        the policy the book is run under
--   gate                   VARCHAR        allow: on credit; allow_prepaid: paid in advance; hold: not until the reason is gone
--   gate_reason            VARCHAR        the first of its reasons; NULL: allow without any
--   gate_reasons           VARCHAR        every reason that holds, the strictest first, comma-separated; NULL: none
--   is_refused             BOOLEAN        a listed veto, or admission refused it
--   is_over_limit          BOOLEAN        its exposure is above its limit
--   is_over_group_limit    BOOLEAN        its group's exposure is above the group's limit
--   is_long_overdue        BOOLEAN        the oldest overdue item is as old as the policy lets none be
--   is_overdue             BOOLEAN        the oldest overdue item is as old as credit ends at
--   is_limit_reached       BOOLEAN        nothing is left of its limit or its group's
--   is_prepay_terms        BOOLEAN        its terms ask for all of the money before delivery
--   is_unknown             BOOLEAN        its exposure or its limit lacks an exchange rate
--   is_none_set            BOOLEAN        nobody set a limit
--   is_none_granted        BOOLEAN        its limit is 0: none is granted, or it is suspended
--   prepay_share           DECIMAL(9,6)   fraction of a new order to be paid before delivery: 1 unless on credit
--   order_credit_amount    DECIMAL(28,2)  what may be ordered on credit, base currency; NULL: no limit is set
--   base_currency          VARCHAR        of it
--   warning_state          VARCHAR        ok, near, over, none_set
--   warning_colour         VARCHAR        green, amber, red

WITH

fact AS (
  SELECT
    credit_limit.policy_id,
    credit_limit.customer_id,
    credit_limit.is_active,
    credit_limit.terms_code = 'REFUSED' AS is_refused,
    COALESCE(credit_limit.is_over_limit, FALSE) AS is_over_limit,
    COALESCE(credit_limit.is_over_group_limit, FALSE) AS is_over_group_limit,
    credit_limit.group_exposure_amount = credit_limit.exposure_amount AS is_alone,
    COALESCE(credit_limit.credit_limit = 0, FALSE) AS is_none_granted,
    COALESCE(credit_limit.suspended_reason = 'dormant', FALSE) AS is_dormant,
    COALESCE(exposure.overdue_amount, terms.min_overdue + 1) > terms.min_overdue
      AND exposure.oldest_overdue_days >= terms.hold_from_days AS is_long_overdue,
    COALESCE(exposure.overdue_amount, terms.min_overdue + 1) > terms.min_overdue
      AND exposure.oldest_overdue_days >= terms.prepaid_from_days AS is_overdue,
    COALESCE(credit_limit.available_amount <= 0, FALSE)
      OR COALESCE(credit_limit.group_exposure_amount >= credit_limit.group_limit_amount, FALSE)
      AS is_limit_reached,
    credit_limit.terms_code = 'PREPAY' AS is_prepay_terms,
    credit_limit.exposure_amount IS NULL OR COALESCE(credit_limit.limit_reason, '') = 'no_fx'
      AS is_unknown,
    COALESCE(credit_limit.limit_reason, '') = 'none_set' AS is_none_set,
    credit_limit.prepay_share,
    credit_limit.available_amount,
    credit_limit.group_limit_amount - credit_limit.group_exposure_amount AS group_left,
    credit_limit.base_currency,
    credit_limit.warning_state,
    credit_limit.warning_colour,
    terms.gate_none_set,
    terms.gate_over_limit
  FROM terms.credit_limit
  JOIN policy.terms ON terms.policy_id = credit_limit.policy_id
  JOIN measure.exposure ON exposure.customer_id = credit_limit.customer_id
),

decided AS (
  SELECT
    fact.*,
    CASE
      WHEN is_refused OR is_long_overdue THEN 'hold'
      WHEN (is_over_limit OR is_over_group_limit) AND gate_over_limit = 'hold' THEN 'hold'
      WHEN is_none_set AND gate_none_set = 'hold' THEN 'hold'
      WHEN is_over_limit OR is_over_group_limit OR is_overdue OR is_limit_reached OR is_prepay_terms
        OR is_unknown OR (is_none_set AND gate_none_set = 'allow_prepaid') THEN 'allow_prepaid'
      ELSE 'allow'
    END AS gate,
    CASE WHEN is_refused THEN ',refused' ELSE '' END
    || CASE WHEN is_over_limit THEN ',over_limit' ELSE '' END
    || CASE
      WHEN is_over_group_limit AND NOT (is_over_limit AND is_alone) THEN ',over_group_limit'
      ELSE ''
    END
    || CASE WHEN is_long_overdue THEN ',long_overdue' ELSE '' END
    || CASE WHEN is_none_set AND gate_none_set <> 'allow' THEN ',no_limit_set' ELSE '' END
    || CASE WHEN is_overdue AND NOT is_long_overdue THEN ',overdue' ELSE '' END
    || CASE
      WHEN NOT is_limit_reached OR is_over_limit OR is_over_group_limit THEN ''
      WHEN is_dormant THEN ',dormant'
      WHEN is_none_granted THEN ',no_limit_granted'
      ELSE ',limit_reached'
    END
    || CASE WHEN is_prepay_terms THEN ',prepay_terms' ELSE '' END
    || CASE WHEN is_unknown THEN ',exposure_unknown' ELSE '' END AS reasons
  FROM fact
)

SELECT
  policy_id,
  customer_id,
  is_active,
  gate,
  NULLIF(SPLIT_PART(reasons, ',', 2), '') AS gate_reason,
  NULLIF(SUBSTRING(reasons, 2), '') AS gate_reasons,
  is_refused,
  is_over_limit,
  is_over_group_limit,
  is_long_overdue,
  is_overdue,
  is_limit_reached,
  is_prepay_terms,
  is_unknown,
  is_none_set,
  is_none_granted,
  CASE WHEN gate = 'allow' THEN prepay_share ELSE 1 END AS prepay_share,
  CASE
    WHEN gate <> 'allow' THEN 0
    ELSE LEAST(available_amount, group_left)
  END AS order_credit_amount,
  base_currency,
  warning_state,
  warning_colour
FROM decided
ORDER BY policy_id, customer_id
