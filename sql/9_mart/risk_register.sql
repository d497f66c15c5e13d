-- risk_register: which risks does the book carry tonight, how large is each, and what is done about it?
--
-- The three families of monitoring (credit, market, operations) and the law. What a risk is and how it is treated is
-- fixed; how many it touches and for how much is measured each night. Amounts overlap: one customer can be
-- overdue, over its limit and too large at once.
--
-- Grain: one row per risk, those that touch nobody included. Key: risk_id.
-- Requirements: R4-41, R4-45.
--
-- Columns
--   risk_id          VARCHAR        its name
--   family           VARCHAR        credit, market, operations, legal [R4-45]
--   title_zh         VARCHAR        what it is, in Chinese
--   title_en         VARCHAR        what it is, in English
--   treatment        VARCHAR        accept, reduce, transfer, avoid [R4-41]
--   treatment_zh     VARCHAR        what is done, in Chinese
--   treatment_en     VARCHAR        what is done, in English
--   owner            VARCHAR        who looks after it: credit, sales, finance, data, legal
--   affected_cnt     BIGINT         customers, for currencies and payments those
--   base_currency    VARCHAR        of the amount; NULL: nothing was ever billed
--   amount           DECIMAL(28,2)  what lies in it; NULL: not a matter of an amount
--   exposure_share   DECIMAL(18,6)  fraction amount / all exposure; NULL: as amount, or no exposure
--   is_present       BOOLEAN        it touches somebody tonight

WITH

risk AS (
  SELECT 'overdue' AS risk_id, 'credit' AS family, '逾期应收款' AS title_zh, 'Receivables past due' AS title_en,
    'reduce' AS treatment, '催收，停止赊销' AS treatment_zh, 'Dunning; no further credit' AS treatment_en,
    'credit' AS owner
  UNION ALL SELECT 'grade_d', 'credit', '风险级客户的无保障敞口', 'Uncovered exposure to customers graded D',
    'avoid', '预付款或担保后供货', 'Deliver against prepayment or security', 'credit'
  UNION ALL SELECT 'not_rated', 'credit', '无评级客户的敞口', 'Exposure to customers not rated',
    'reduce', '补充资料，起步额度', 'Complete the file; starter limit', 'sales'
  UNION ALL SELECT 'over_limit', 'credit', '超信用额度', 'Exposure above the limit',
    'reduce', '暂停供货或批准临时额度', 'Suspend supply, or approve a temporary limit', 'credit'
  UNION ALL SELECT 'no_limit', 'credit', '有敞口而未设额度', 'Exposure without a limit',
    'reduce', '设定额度', 'Set a limit', 'credit'
  UNION ALL SELECT 'concentration', 'credit', '客户集中', 'Too much with one customer',
    'transfer', '信用保险，分散客户', 'Credit insurance; spread customers', 'credit'
  UNION ALL SELECT 'cover_expiring', 'credit', '保障即将到期', 'Cover that expires within 30 days',
    'transfer', '续保或更换担保', 'Renew insurance or security', 'finance'
  UNION ALL SELECT 'listed', 'legal', '失信、破产、吊销、注销', 'Dishonest, bankrupt, licence revoked, deregistered',
    'avoid', '停止交易，申报债权', 'Stop dealing; file the claim', 'legal'
  UNION ALL SELECT 'foreign_currency', 'market', '外币应收款', 'Receivables in other currencies',
    'accept', '套期或以本币计价', 'Hedge, or invoice in our own', 'finance'
  UNION ALL SELECT 'no_rate', 'market', '缺少汇率的应收款', 'Receivables without a rate of exchange',
    'reduce', '补充汇率来源', 'Connect a source of rates', 'data'
  UNION ALL SELECT 'disputed', 'operations', '争议中的应收款', 'Receivables in dispute',
    'reduce', '限期解决争议', 'Settle disputes in time', 'sales'
  UNION ALL SELECT 'unapplied_cash', 'operations', '未核销的回款', 'Cash not applied to invoices',
    'reduce', '核对并核销', 'Match and apply', 'finance'
  UNION ALL SELECT 'nobodys_cash', 'operations', '无法归属的回款', 'Payments of nobody known',
    'reduce', '查明付款人', 'Find out who paid', 'finance'
),

graded AS (
  SELECT customer_id, final_grade, listed_veto FROM grade.credit_grade WHERE is_active
),

limited AS (
  SELECT
    customer_id, limit_reason, is_over_limit,
    GREATEST(exposure_amount - credit_limit, 0) AS excess_amount
  FROM terms.credit_limit
  WHERE is_active
),

standing AS (
  SELECT
    exposure.*, graded.final_grade, graded.listed_veto, limited.limit_reason, limited.is_over_limit,
    limited.excess_amount, mitigation.cover_amount, mitigation.cover_days_to_expiry,
    SUM(exposure.exposure_amount) OVER () AS book_amount
  FROM measure.exposure
  LEFT JOIN graded ON graded.customer_id = exposure.customer_id
  LEFT JOIN limited ON limited.customer_id = exposure.customer_id
  LEFT JOIN indicator.mitigation ON mitigation.customer_id = exposure.customer_id
),

active AS (
  SELECT portfolio.single_from_share
  FROM policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id
  WHERE rule.is_active
),

party AS (
  SELECT
    customer_group.party_id,
    SUM(standing.exposure_amount) AS amount,
    MAX(standing.book_amount) AS book_amount
  FROM standing
  JOIN measure.customer_group ON customer_group.customer_id = standing.customer_id
  GROUP BY customer_group.party_id
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

touched AS (
  SELECT 'overdue' AS risk_id, overdue_amount AS amount FROM standing WHERE overdue_amount > 0
  UNION ALL
  SELECT 'grade_d', uncovered_exposure FROM standing WHERE final_grade = 'D' AND uncovered_exposure > 0
  UNION ALL
  SELECT 'not_rated', exposure_amount FROM standing WHERE final_grade = 'NR' AND exposure_amount > 0
  UNION ALL
  SELECT 'over_limit', excess_amount FROM standing WHERE is_over_limit
  UNION ALL
  SELECT 'no_limit', exposure_amount FROM standing WHERE limit_reason = 'none_set' AND exposure_amount > 0
  UNION ALL
  SELECT 'concentration', party.amount
  FROM party
  CROSS JOIN active
  WHERE party.amount > 0
    AND party.amount >= active.single_from_share * CAST(party.book_amount AS DECIMAL(28, 2))
  UNION ALL
  SELECT 'cover_expiring', cover_amount FROM standing WHERE cover_days_to_expiry BETWEEN 0 AND 30
  UNION ALL
  SELECT 'listed', exposure_amount FROM standing WHERE listed_veto IS NOT NULL
  UNION ALL
  SELECT 'disputed', disputed_amount FROM standing WHERE disputed_amount > 0
  UNION ALL
  SELECT 'unapplied_cash', unapplied_cash_amount FROM standing WHERE unapplied_cash_amount > 0
  UNION ALL
  SELECT 'foreign_currency', SUM(CAST(aging.open_amount AS DECIMAL(28, 2)) * currency.rate_to_base)
  FROM indicator.aging
  JOIN event.currency ON currency.currency = aging.currency
  WHERE currency.currency <> currency.base_currency AND aging.open_amount > 0
  GROUP BY aging.currency
  UNION ALL
  SELECT 'no_rate', CAST(NULL AS DECIMAL(28, 2))
  FROM indicator.aging
  JOIN event.currency ON currency.currency = aging.currency
  WHERE currency.rate_to_base IS NULL AND aging.open_amount > 0
  GROUP BY aging.currency
  UNION ALL
  SELECT 'nobodys_cash', CAST(settlement.amount AS DECIMAL(28, 2)) * currency.rate_to_base
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.customer_id IS NULL
),

measured AS (
  SELECT risk_id, COUNT(*) AS affected_cnt, ROUND(SUM(amount), 2) AS amount
  FROM touched
  GROUP BY risk_id
),

book AS (
  SELECT SUM(exposure_amount) AS amount FROM measure.exposure
)

SELECT
  risk.risk_id,
  risk.family,
  risk.title_zh,
  risk.title_en,
  risk.treatment,
  risk.treatment_zh,
  risk.treatment_en,
  risk.owner,
  COALESCE(measured.affected_cnt, 0) AS affected_cnt,
  base.base_currency,
  CASE WHEN risk.risk_id = 'no_rate' THEN NULL ELSE COALESCE(measured.amount, 0) END AS amount,
  CASE WHEN risk.risk_id <> 'no_rate' THEN
    TRY_CAST(TRY_CAST(COALESCE(measured.amount, 0) / NULLIF(book.amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS exposure_share,
  COALESCE(measured.affected_cnt, 0) > 0 AS is_present
FROM risk
CROSS JOIN base
CROSS JOIN book
LEFT JOIN measured ON measured.risk_id = risk.risk_id
ORDER BY risk_id
