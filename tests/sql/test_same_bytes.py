"""The same rows in another order, on another number of threads, give the same bytes, file by file.

Once with a ledger that fits one row group, once with one above 122,880 rows, where DuckDB begins to
work in parallel. What is compared is what a manifest names: the SHA-256 of each table's Parquet.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl import models
from etl.engine.duckdb import DuckDBEngine, literal
from etl.entities import ENTITIES
from etl.history import snapshot_types
from etl.lake import file_sha256
from etl.matching.tables import MATCH_TABLES
from etl.matching.tables import types as match_types
from etl.night_tables import night_tables
from etl.parquet import write_rows
from etl.policy import POLICY_FOLDER, load_policies
from etl.settings import read_settings

NIGHT = date(2026, 11, 20)
ROW_GROUP = 122_880

# A ledger of `size` invoices with everything in it that a ledger can have: several currencies, missing due
# dates, part payments, returned ones, cash on account, credits, claims, disputes, balances, ties of every kind.
# Every other pair of customers is tidy, so that not everybody is a D.
FACTS = "DATE '2020-01-01' AS known_on, '000001-test' AS batch, n AS seq, n % 211 = 7 AND NOT tidy(n) AS is_deleted"
LEDGER = {
    "customer": """
        SELECT 'C' || n AS customer_id, 'Name ' || (n % 7) AS customer_name, 'CN' AS country,
          NULL AS customer_since, CASE n % 3 WHEN 0 THEN TRUE WHEN 1 THEN FALSE END AS is_reseller,
          (n % 11) / 10.0 AS competitor_share, 30 AS payment_terms_days,
          CASE WHEN n % 4 > 0 THEN 'C3' || n % 5 END AS industry_code,
          CASE WHEN n % 4 = 0 THEN 'Industry ' || n % 7 END AS industry
        FROM range(size // 40) AS r (n)""",
    "invoice": """
        SELECT 'I' || n AS invoice_id, 'C' || customer(n) AS customer_id,
          NULL AS company_id, DATE '2026-11-20' - CAST(n % 500 AS INTEGER) AS invoice_date,
          CASE WHEN n % 50 > 1 THEN DATE '2026-11-20' - CAST(n % 500 - 30 AS INTEGER) END AS due_date,
          NULL AS terms_days, 100 + (n * 7919 % 100000) / 100.0 AS amount,
          currency(n) AS currency
        FROM range(size) AS r (n)""",
    "payment": """
        SELECT 'P' || n AS payment_id, 'C' || customer(n) AS customer_id,
          DATE '2026-11-20' - CAST(n % 500 - 30 AS INTEGER)
            + CAST(CASE customer(n) % 4 WHEN 0 THEN -3 WHEN 1 THEN n % 7 ELSE n % 40 - 9 END AS INTEGER)
            AS payment_date,
          CASE WHEN n % 97 = 0 AND NOT tidy(n) THEN -50
            ELSE 100 + (n * 7919 % 100000) / 100.0 END AS amount,
          currency(n) AS currency,
          CASE WHEN n % 5 > 0 OR tidy(n) THEN 'I' || n END AS invoice_id,
          CASE WHEN tidy(n) THEN 'cash' WHEN n % 41 = 0 THEN 'write_off'
            WHEN n % 41 = 1 THEN 'set_off' ELSE 'cash' END AS kind
        FROM range(size) AS r (n)
        WHERE n % 10 < 9 OR tidy(n)""",
    "allocation": """
        SELECT 'P' || n AS payment_id, 'I' || (n + line) AS invoice_id, CAST(line AS VARCHAR) AS line,
          20 + line AS amount
        FROM range(size) AS r (n), range(2) AS l (line)
        WHERE n % 10 = 5 AND NOT tidy(n) AND NOT tidy(n + 1)""",
    "credit_note": """
        SELECT 'N' || n AS credit_note_id, 'C' || customer(n) AS customer_id,
          CASE WHEN n % 4 > 0 THEN 'I' || n END AS invoice_id,
          DATE '2026-11-20' - CAST(n % 300 AS INTEGER) AS credit_date, 5 AS amount, 'CNY' AS currency,
          CASE WHEN n % 3 = 0 THEN 'quality_claim' ELSE 'return' END AS reason
        FROM range(size // 9) AS r (n) WHERE n % 2 = 0""",
    "claim": """
        SELECT 'Q' || n AS claim_id, 'C' || customer(n) AS customer_id, 'I' || n AS invoice_id,
          DATE '2026-11-20' - CAST(n % 300 AS INTEGER) AS claim_date, 3 AS amount, 'CNY' AS currency,
          CASE WHEN n % 2 = 0 THEN 'payout' ELSE 'deduction' END AS settled_by
        FROM range(size // 19) AS r (n) WHERE NOT tidy(n)""",
    "dispute": """
        SELECT 'D' || n AS dispute_id, 'C1' AS customer_id, 'I' || (n * 3) AS invoice_id,
          CASE WHEN n % 5 > 0 THEN DATE '2026-11-20' - CAST(n % 90 AS INTEGER) END AS opened_date,
          CASE WHEN n % 3 = 0 THEN DATE '2026-11-20' - CAST(n % 9 AS INTEGER) END AS closed_date,
          CASE WHEN n % 2 = 0 THEN 40 END AS amount,
          CASE WHEN n % 3 = 0 THEN 'customer' END AS outcome
        FROM range(size // 11) AS r (n)""",
    "invoice_balance": """
        SELECT 'I' || n AS invoice_id, DATE '2026-11-20' - CAST(n % 60 AS INTEGER) AS stated_on,
          (n * 31 % 20000) / 100.0 AS balance_amount
        FROM range(size // 13) AS r (n) WHERE NOT tidy(n)""",
    "fx_rate": """
        SELECT currency AS from_currency, 'CNY' AS to_currency,
          DATE '2026-11-20' - CAST(n AS INTEGER) AS rate_date, 7 + n / 8.0 AS rate
        FROM range(3) AS r (n), (VALUES ('EUR'), ('USD')) AS c (currency)""",
    # Each document was found twice, each case has up to three documents of two providers, some with ties.
    "court_record": """
        SELECT provider, 'R' || n AS record_id, 'C' || (n + twice) AS customer_id,
          '（2026）民初' || (n // 3) || '号' AS case_no, CASE WHEN n % 2 = 0 THEN '法院' || n % 5 END AS court,
          CASE WHEN n % 3 > 0 THEN '案由' || n % 4 END AS cause, 'civil' AS case_type,
          CASE WHEN n % 3 = 0 THEN 'judgment' ELSE 'filing' END AS stage,
          DATE '2026-11-20' - CAST(n % 9 AS INTEGER) AS filed_on,
          CASE WHEN n % 7 = 0 THEN 'closed' WHEN n % 7 = 1 THEN 'open' ELSE 'unknown' END AS status,
          CASE WHEN n % 4 > 0 THEN 10 + n % 6 END AS amount, 'CNY' AS currency
        FROM range(size // 30) AS r (n), range(2) AS t (twice), (VALUES ('one'), ('two')) AS p (provider)""",
    "court_party": """
        SELECT provider, 'R' || n AS record_id, role, 'Party' AS party_name, 'company' AS party_kind
        FROM range(size // 30) AS r (n), (VALUES ('one'), ('two')) AS p (provider),
          (VALUES ('plaintiff'), ('defendant')) AS o (role)""",
    "listing": """
        SELECT 'one' AS provider, 'L' || n AS record_id, 'C' || (n + twice) AS customer_id,
          'dishonest' AS kind, DATE '2026-01-05' AS listed_on, 'case' || n // 2 AS case_no
        FROM range(size // 50) AS r (n), range(2) AS t (twice)""",
    "bureau_score": """
        SELECT 'one' AS provider, 'B' || n AS record_id, 'C' || n // 2 AS customer_id, 'scale' AS scale_id,
          DATE '2026-11-01' AS report_date, n % 100 AS score
        FROM range(size // 50) AS r (n)""",
    "tax_credit": """
        SELECT 'one' AS provider, 'T' || n AS record_id, 'C' || n // 2 AS customer_id, 2025 AS year,
          'ABMCD'[1 + n % 5] AS level
        FROM range(size // 50) AS r (n)""",
    "registration": """
        SELECT 'one' AS provider, 'G' || n // 2 AS record_id, 'C' || n AS customer_id, 'active' AS status
        FROM range(size // 50) AS r (n)""",
    "inquiry": """
        SELECT 'one' AS provider, 'product' || n % 2 AS product, 'C' || n // 3 AS customer_id,
          'word' || n AS keyword, DATE '2026-11-18' AS asked_on,
          CASE WHEN n % 2 = 1 THEN 'failed' WHEN n < 20 THEN 'hits' ELSE 'none' END AS outcome
        FROM range(size // 50) AS r (n)""",
    "sales_order": """
        SELECT 'O' || n AS order_id, 'C' || customer(n) AS customer_id,
          DATE '2026-11-20' - CAST(n % 800 AS INTEGER) AS order_date, 100 + n % 977 AS amount,
          currency(n) AS currency, CASE WHEN n % 9 > 0 THEN 70 + n % 500 END AS cost_amount,
          CASE WHEN n % 23 = 0 THEN 'cancelled' WHEN n % 7 = 0 THEN 'open' ELSE 'closed' END AS status
        FROM range(size) AS r (n)""",
    # One delivery an order; returns with and without an order, refunds with and without a return.
    "delivery": """
        SELECT 'D' || n AS delivery_id, 'C' || customer(n) AS customer_id, 'O' || n AS order_id,
          DATE '2026-11-20' - CAST(n % 500 AS INTEGER) AS promised_date,
          CASE WHEN n % 17 > 0 THEN DATE '2026-11-20' - CAST(n % 500 - n % 13 + 6 AS INTEGER) END AS actual_date,
          10 AS quantity_ordered, CASE WHEN n % 6 > 0 THEN 9 + n % 2 END AS quantity_delivered,
          ['customer', 'us', 'carrier', 'unknown'][1 + n % 4] AS late_by
        FROM range(size) AS r (n)""",
    "sales_return": """
        SELECT 'T' || n AS return_id, 'C' || customer(n) AS customer_id,
          CASE WHEN n % 5 > 0 THEN 'O' || n END AS order_id,
          DATE '2026-11-20' - CAST(n % 500 AS INTEGER) AS return_date, 5 + n % 70 AS amount, currency(n) AS currency,
          ['customer', 'us', 'carrier', 'unknown'][1 + n % 4] AS caused_by
        FROM range(size // 10) AS r (n)""",
    "refund": """
        SELECT 'U' || n AS refund_id, 'C' || customer(n) AS customer_id,
          CASE WHEN n % 3 = 0 THEN 'O' || n END AS order_id, CASE WHEN n % 4 > 0 THEN 'T' || n END AS return_id,
          DATE '2026-11-20' - CAST(n % 400 AS INTEGER) AS refund_date, 5 AS amount, currency(n) AS currency
        FROM range(size // 9) AS r (n)""",
    "contract": """
        SELECT 'H' || n AS contract_id, 'C' || customer(n) AS customer_id,
          DATE '2026-11-20' - CAST(n % 900 AS INTEGER) AS offered_on,
          CASE WHEN n % 6 > 0 THEN DATE '2026-11-20' - CAST(n % 900 - n % 11 AS INTEGER) END AS signed_on,
          1000 + n % 77 AS amount, currency(n) AS currency,
          ['offered', 'signed', 'active', 'completed', 'declined'][1 + n % 5] AS status,
          CASE WHEN n % 3 > 0 THEN n % 3 = 1 END AS has_breach_clause
        FROM range(size // 10) AS r (n)""",
    "contract_milestone": """
        SELECT 'H' || n // 3 AS contract_id, 'M' || n % 3 AS milestone_id, 'C' || customer(n // 3) AS customer_id,
          CASE WHEN n % 2 = 0 THEN 'customer' ELSE 'us' END AS owed_by,
          DATE '2026-11-20' - CAST(n % 500 - 100 AS INTEGER) AS planned_date,
          CASE WHEN n % 4 > 0 THEN DATE '2026-11-20' - CAST(n % 500 - 90 AS INTEGER) END AS actual_date,
          CASE WHEN n % 7 > 0 THEN 300 + n % 9 END AS planned_amount, 200 + n % 150 AS actual_amount
        FROM range(size // 5) AS r (n)""",
    "contract_breach": """
        SELECT 'J' || n AS breach_id, 'H' || n AS contract_id, 'C' || customer(n) AS customer_id,
          DATE '2026-11-20' - CAST(n % 900 AS INTEGER) AS breach_date,
          ['customer', 'us', 'carrier', 'unknown'][1 + n % 4] AS breached_by, 5 + n % 40 AS amount,
          currency(n) AS currency
        FROM range(size // 20) AS r (n)""",
    "service_case": """
        SELECT 'S' || n AS case_id, 'C' || customer(n) AS customer_id,
          ['complaint', 'service', 'question'][1 + n % 3] AS kind,
          CASE WHEN n % 5 > 0 THEN 'by_customer' ELSE 'about_customer' END AS direction,
          DATE '2026-11-20' - CAST(n % 600 AS INTEGER) AS opened_on,
          CASE WHEN n % 8 > 0 THEN DATE '2026-11-20' - CAST(n % 600 - n % 9 AS INTEGER) END AS closed_on,
          (n % 700) / 10.0 AS first_response_hours, CASE WHEN n % 3 > 0 THEN (n % 999) / 8.0 END AS close_hours,
          48 AS sla_hours, n % 4 > 0 AS is_solved,
          ['customer', 'us', 'carrier', 'unknown'][1 + n % 4] AS at_fault
        FROM range(size // 5) AS r (n)""",
    # Two agencies and the company itself, on one day and on several; the same document found twice.
    "esg_score": """
        SELECT 'agency' || n % 3 AS provider, 'E' || n // 6 AS record_id, 'C' || n // 12 AS customer_id,
          pillar(n) AS pillar,
          DATE '2026-11-01' - CAST(n % 4 * 300 AS INTEGER) AS report_date, n * 7 % 101 AS score,
          0 AS score_min, CASE WHEN n % 11 > 0 THEN 100 END AS score_max, n % 3 = 2 AS is_self_reported
        FROM range(size // 10) AS r (n)""",
    "reputation": """
        SELECT 'source' || n % 3 AS provider, 'F' || n AS record_id, 'C' || n // 30 AS customer_id,
          ['customer_review', 'partner_review', 'brand', 'press', 'award', 'market_share'][1 + n // 3 % 6] AS kind,
          DATE '2026-11-01' - CAST(n % 5 * 200 AS INTEGER) AS reported_on, n % 6 AS score,
          0 AS score_min, 5 AS score_max, CASE WHEN n % 4 > 0 THEN n % 40 END AS answers,
          n % 7 / 10.0 AS market_share
        FROM range(size // 5) AS r (n)""",
    "penalty": """
        SELECT 'one' AS provider, 'Y' || n AS record_id, 'C' || n // 3 AS customer_id, 'fine' || n // 2 AS case_no,
          'environment' AS category, DATE '2026-11-20' - CAST(n % 1200 AS INTEGER) AS decided_on,
          10 + n % 6 AS amount, currency(n) AS currency
        FROM range(size // 50) AS r (n)""",
    "trade_reference": """
        SELECT 'W' || n AS reference_id, 'C' || customer(n // 3) AS customer_id, 'Referee' || n % 3 AS referee,
          DATE '2026-11-01' - CAST(n % 2 AS INTEGER) AS given_on, 1 + n % 5 AS rating,
          100 + n % 70 AS high_credit, currency(n) AS currency, n % 9 AS days_late
        FROM range(size // 10) AS r (n)""",
    "questionnaire_answer": """
        SELECT 'S' || n // 6 AS response_id, 'Q' || n % 6 AS question_id, 'C' || n // 12 AS customer_id,
          ['management', 'operations', 'site_visit', 'identity'][1 + n % 4] AS form,
          DATE '2026-11-01' - CAST(n // 6 % 2 AS INTEGER) AS answered_on,
          CASE WHEN n % 5 > 0 THEN 1 + n % 7 % 5 END AS score, n % 3 AS weight
        FROM range(size // 5) AS r (n)""",
    "competitor_share": """
        SELECT 'C' || customer(n) AS customer_id, DATE '2026-11-01' - CAST(n % 3 AS INTEGER) AS stated_on,
          'rival' || n % 4 AS competitor, n % 10 / 20.0 AS share
        FROM range(size // 10) AS r (n)""",
    "feedback": """
        SELECT 'V' || n AS feedback_id, 'C' || customer(n) AS customer_id,
          DATE '2026-11-20' - CAST(n % 500 AS INTEGER) AS given_on,
          CASE WHEN n % 4 > 0 THEN 'by_customer' ELSE 'about_customer' END AS role,
          CASE WHEN n % 6 > 0 THEN 1 + n % 41 / 10.0 END AS rating, CASE WHEN n % 5 > 0 THEN n % 11 END AS nps,
          CASE WHEN n % 3 > 0 THEN 'us' ELSE 'third_party' END AS surveyed_by, n % 3 > 0 AS would_continue
        FROM range(size // 10) AS r (n)""",
    "relation_cost": """
        SELECT 'X' || n AS cost_id, 'C' || customer(n) AS customer_id,
          DATE '2026-11-20' - CAST(n % 500 AS INTEGER) AS cost_date, ['acquire', 'keep', 'grow'][1 + n % 3] AS kind,
          n % 90 AS amount, currency(n) AS currency
        FROM range(size // 10) AS r (n)""",
    "guarantee": """
        SELECT 'Z' || n AS guarantee_id, 'C' || customer(n) AS customer_id,
          ['deposit', 'mortgage', 'bank_guarantee', 'company_guarantee'][1 + n % 4] AS kind,
          'Guarantor ' || n % 3 AS guarantor, CASE WHEN n % 8 = 3 THEN 'C' || n % 5 END AS guarantor_id,
          1000 + n % 70 AS amount, 900 + n % 300 AS appraised_amount, currency(n) AS currency,
          DATE '2026-11-20' + CAST(n % 50 - 5 AS INTEGER) AS expiry_date,
          CASE WHEN n % 5 > 0 THEN n % 5 > 1 END AS is_verified
        FROM range(size // 10) AS r (n)""",
    "insurance": """
        SELECT 'U' || n AS cover_id, 'C' || customer(n) AS customer_id, 1000 + n % 70 AS insured_limit,
          currency(n) AS currency, 0.8 + n % 3 / 20.0 AS covered_share, n % 7 AS deductible,
          DATE '2026-01-01' AS start_date, DATE '2026-11-20' + CAST(n % 50 - 5 AS INTEGER) AS expiry_date,
          CASE WHEN n % 9 = 0 THEN DATE '2026-05-01' END AS cancelled_on
        FROM range(size // 10) AS r (n)""",
    "contact_activity": """
        SELECT 'A' || n AS activity_id, 'C' || customer(n) AS customer_id,
          DATE '2026-11-20' - CAST(n % 500 AS INTEGER) AS contact_date,
          ['phone', 'mail', 'visit', 'meeting', 'social'][1 + n % 5] AS channel,
          CASE n % 3 WHEN 0 THEN 'in' WHEN 1 THEN 'out' END AS direction, n % 7 > 2 AS has_reply,
          CASE WHEN n % 7 > 3 THEN n % 11 END AS reply_hours
        FROM range(size // 5) AS r (n)""",
    "promise": """
        SELECT 'M' || n AS promise_id, 'C' || customer(n) AS customer_id,
          CASE WHEN n % 3 > 0 THEN 'I' || n END AS invoice_id,
          DATE '2026-11-20' - CAST(n % 400 AS INTEGER) AS promised_on,
          DATE '2026-11-30' - CAST(n % 400 AS INTEGER) AS due_date, 100 AS amount, currency(n) AS currency,
          CASE WHEN n % 5 = 0 THEN n % 2 = 0 END AS is_kept
        FROM range(size // 10) AS r (n)""",
    "dunning_step": """
        SELECT 'K' || n AS dunning_id, 'C' || customer(n) AS customer_id, 1 + n % 4 AS level,
          DATE '2026-11-20' - CAST(n % 400 AS INTEGER) AS sent_on,
          CASE WHEN n % 3 > 0 THEN DATE '2026-11-22' - CAST(n % 400 AS INTEGER) END AS answered_on
        FROM range(size // 10) AS r (n)""",
    # Several a customer: replaced, ended, temporary, unapproved, asked for; and groups with circles in them.
    "limit_decision": """
        SELECT 'W' || n AS decision_id, 'C' || customer(n) AS customer_id,
          ['approved', 'temporary', 'requested', 'approved'][1 + n % 4] AS kind, n % 9 * 1000 AS limit_amount,
          currency(n) AS currency, 'Li' AS author, ['Wang', 'Li', 'Zhao'][1 + n % 3] AS approver,
          DATE '2026-11-20' - CAST(n % 300 AS INTEGER) AS decided_on,
          CASE WHEN n % 3 > 0 THEN DATE '2026-11-20' + CAST(n % 50 - 10 AS INTEGER) END AS valid_until
        FROM range(size // 20) AS r (n)""",
    "group_member": """
        SELECT 'C' || customer(n) AS customer_id, 'C' || (customer(n) + n % 7) AS parent_id,
          CASE WHEN n % 5 > 0 THEN 0.4 + n % 6 / 10.0 END AS share, n % 11 = 0 AS is_ultimate,
          DATE '2020-01-01' + CAST(n % 900 AS INTEGER) AS valid_from
        FROM range(size // 50) AS r (n)""",
    # Panels of five experts in two rounds, scores full of ties; now and then one skips a factor.
    "expert_vote": """
        SELECT 'C' || n // 60 AS customer_id, 'E' || n % 5 AS expert_id, CAST(n // 30 % 2 AS VARCHAR) AS panel,
          1 + n // 15 % 2 AS round_no, ['dunning_count', 'claim_cause', 'bad_record'][1 + n // 5 % 3] AS factor,
          1 + n * 7 % 5 AS score, DATE '2026-11-01' - CAST(n % 500 AS INTEGER) AS voted_on
        FROM range(size // 5) AS r (n) WHERE n % 61 > 0""",
    "licence": """
        SELECT 'one' AS provider, 'H' || n AS record_id, 'C' || n // 3 AS customer_id,
          'permit' || n % 2 AS licence_name,
          DATE '2026-11-20' + CAST(n % 9 - 4 AS INTEGER) AS valid_until
        FROM range(size // 50) AS r (n)""",
    "registration_change": """
        SELECT 'one' AS provider, 'J' || n AS record_id, 'C' || n // 3 AS customer_id,
          DATE '2026-11-20' - CAST(n % 4 * 100 AS INTEGER) AS changed_on,
          ['name', 'status', 'address', 'capital'][1 + n % 4] AS item
        FROM range(size // 50) AS r (n)""",
    # Three years of two providers, some of a year both, in two units now and then; one in seven is not linked.
    "statement": """
        SELECT 'registry' || n % 2 AS provider, 'Y' || n AS party_id, 'C' || n // 6 AS customer_id,
          MAKE_DATE(2025 - CAST(n // 2 % 3 AS INTEGER), 12, 31) AS period_end, 12 AS period_months,
          CASE WHEN n % 12 < 6 THEN 'consolidated' ELSE 'parent' END AS basis, n % 3 > 0 AS is_audited,
          currency(n // 6) AS currency, (1000 + n % 90) * CASE WHEN n % 31 = 0 THEN 10000 ELSE 1 END AS total_assets,
          500 + n % 70 AS current_assets, 30 AS inventory, 100 + n % 9 AS receivables,
          400 + n % 300 AS current_liabilities, 600 + n % 600 AS total_liabilities, 50 AS retained_earnings,
          n % 40 - 5 AS ebit, 900 + n % 400 AS revenue, 700 AS cost_of_sales, n % 30 - 5 AS net_income,
          n % 50 AS operating_cash_flow, n % 7 AS interest_expense, 100 AS long_term_debt, 0 AS equity_issued,
          n % 1200 AS staff
        FROM range(size // 10) AS r (n)""",
    "bureau_line": """
        SELECT 'one' AS provider, 'A' || n AS record_id, DATE '2026-11-01' AS report_date, 'C' || n // 6 AS customer_id,
          ['loan', 'card', 'trade'][1 + n % 3] AS kind, 100 AS balance_amount, n % 4 AS overdue_amount,
          currency(n) AS currency, n % 3 AS overdue_count, n % 40 AS days_past_due_max, 'open' AS status
        FROM range(size // 20) AS r (n)""",
    "agency_assessment": """
        SELECT 'one' AS provider, ['model', 'coverage', 'accuracy'][1 + n % 3] AS factor,
          DATE '2026-01-01' - CAST(n AS INTEGER) AS assessed_on, 1 + n % 5 AS score
        FROM range(9) AS r (n)""",
    "industry_band": """
        SELECT 'list' || n % 2 AS provider, 'C3' || n % 5 AS industry_code, 'Industry ' || n % 5 AS industry_name,
          DATE '2026-01-01' - CAST(n // 10 * 100 AS INTEGER) AS stated_on, CAST(1 + n % 7 % 5 AS VARCHAR) AS risk_band,
          ['improving', 'stable', 'worsening'][1 + n % 3] AS outlook
        FROM range(30) AS r (n)""",
    "industry_standard": """
        SELECT 'book' || n % 2 AS provider, CAST(2024 + n // 6 % 2 AS VARCHAR) AS edition,
          ['C31', 'C', 'all'][1 + n % 3] AS industry_code, ['all', 'large'][1 + n // 3 % 2] AS company_size,
          ['debt_to_assets', 'interest_cover', 'receivables_turnover'][1 + n // 12] AS ratio,
          CASE WHEN n < 12 THEN 0.4 ELSE 9 END AS excellent, CASE WHEN n < 12 THEN 0.5 ELSE 6 END AS good,
          CASE WHEN n < 12 THEN 0.6 ELSE 3 END AS average, CASE WHEN n < 12 THEN 0.8 ELSE 1 END AS low,
          CASE WHEN n < 12 THEN 0.9 ELSE 0 END AS poor
        FROM range(36) AS r (n)""",
}  # fmt: skip
"""What has no rows here is there and empty."""

ACCEPTED = "'number' AS method, 0.99 AS score, '' AS evidence, 'accepted' AS state, n % 2 = 0 AS is_certain"
LINKS = {
    "record_link": f"""
        SELECT 'court_party' AS record_kind, provider || '|R' || n || '|' || role || '|Party' AS record_key,
          'C' || n // 6 AS customer_id, provider, 'R' || n AS record_id, role AS role_of_customer, {ACCEPTED}
        FROM range(size // 30) AS r (n), (VALUES ('one'), ('two')) AS p (provider),
          (VALUES ('plaintiff'), ('defendant')) AS o (role)
        UNION ALL
        SELECT 'listing', 'one|dishonest|L' || n || '|C' || (n + twice), 'C' || n // 2, 'one', 'L' || n,
          'subject', {ACCEPTED}
        FROM range(size // 50) AS r (n), range(2) AS t (twice)
        UNION ALL
        SELECT 'bureau_score', 'one|B' || n || '|scale|2026-11-01|C' || n // 2, 'C' || n // 2, 'one', 'B' || n,
          'subject', {ACCEPTED}
        FROM range(size // 50) AS r (n)
        UNION ALL
        SELECT 'statement', 'registry' || n % 2 || '|Y' || n || '|C' || n // 6 || '|'
            || (2025 - n // 2 % 3) || '-12-31|12|' || CASE WHEN n % 12 < 6 THEN 'consolidated' ELSE 'parent' END,
          'C' || n // 6, 'registry' || n % 2, NULL, 'subject', {ACCEPTED}
        FROM range(size // 10) AS r (n) WHERE n % 7 > 0
        UNION ALL
        SELECT 'bureau_line', 'one|A' || n || '|2026-11-01|C' || n // 6, 'C' || n // 6, 'one', 'A' || n, 'subject',
          {ACCEPTED}
        FROM range(size // 20) AS r (n)
        UNION ALL
        SELECT 'tax_credit', 'one|T' || n || '|2025|C' || n // 2, 'C' || n // 2, 'one', 'T' || n, 'subject', {ACCEPTED}
        FROM range(size // 50) AS r (n)
        UNION ALL
        SELECT 'registration',
          'one|G' || n // 2 || '|C' || n, 'C' || n // 2, 'one', 'G' || n // 2, 'subject', {ACCEPTED}
        FROM range(size // 50) AS r (n)
        UNION ALL
        SELECT 'esg_score', 'agency' || n % 3 || '|E' || n // 6 || '|'
            || pillar(n) || '|' || CAST(DATE '2026-11-01' - CAST(n % 4 * 300 AS INTEGER) AS VARCHAR) || '|C' || n // 12,
          'C' || n // 24, 'agency' || n % 3, 'E' || n // 6, 'subject', {ACCEPTED}
        FROM range(size // 10) AS r (n)
        UNION ALL
        SELECT 'reputation', 'source' || n % 3 || '|F' || n || '|'
            || ['customer_review', 'partner_review', 'brand', 'press', 'award', 'market_share'][1 + n // 3 % 6]
            || '|C' || n // 30,
          'C' || n // 60, 'source' || n % 3, 'F' || n, 'subject', {ACCEPTED}
        FROM range(size // 5) AS r (n)
        UNION ALL
        SELECT 'penalty', 'one|Y' || n || '|C' || n // 3, 'C' || n // 6, 'one', 'Y' || n, 'subject', {ACCEPTED}
        FROM range(size // 50) AS r (n)
        UNION ALL
        SELECT 'licence', 'one|H' || n || '|C' || n // 3, 'C' || n // 6, 'one', 'H' || n, 'subject', {ACCEPTED}
        FROM range(size // 50) AS r (n)
        UNION ALL
        SELECT 'registration_change', 'one|J' || n || '|C' || n // 3, 'C' || n // 6, 'one', 'J' || n, 'subject',
          {ACCEPTED}
        FROM range(size // 50) AS r (n)""",
    "customer_link": f"""
        SELECT 'C' || n AS customer_id, 'C' || (n - n % 3) AS party_id, {ACCEPTED}
        FROM range(size // 40) AS r (n)""",
}


def ledger(root: Path, *, size: int, order: int) -> dict[str, list[Path]]:
    """The inputs of a night, their rows written in the order number `order`."""
    root.mkdir()
    tables: dict[str, list[Path]] = {}
    with duckdb.connect() as connection:
        connection.execute(f"CREATE MACRO customer(n) AS n % (2 + {size} // 37)")
        connection.execute("CREATE MACRO tidy(n) AS customer(n) % 4 < 2")
        connection.execute(
            "CREATE MACRO currency(n) AS CASE n % 20 WHEN 0 THEN 'EUR' WHEN 1 THEN 'USD' "
            "WHEN 2 THEN IF(tidy(n), 'CNY', 'XXX') ELSE 'CNY' END"
        )
        # Every other customer has no total: the mean of the three then stands for it.
        connection.execute(
            "CREATE MACRO pillar(n) AS CASE WHEN n % 5 = 3 AND n // 24 % 2 = 1 THEN 'csr' ELSE "
            "['environment', 'social', 'governance', 'total', 'csr'][1 + n % 5] END"
        )
        for name, select in LEDGER.items():
            entity = ENTITIES[name]
            rows = re.sub(r"\bsize\b", str(size), select).replace("SELECT", f"SELECT {FACTS},", 1)
            given = connection.sql(rows).columns
            columns = ", ".join(
                f"CAST({column if column in given else 'NULL'} AS {type_}) AS {column}"
                for column, type_ in snapshot_types(entity).items()
            )
            target = root / f"{name}.parquet"
            connection.execute(
                f"COPY (SELECT {columns} FROM ({rows}) "
                f"ORDER BY hash(seq * {order}), {', '.join(entity.key)}) "
                f"TO {literal(str(target))} (FORMAT parquet)"
            )
            tables[f"current.{name}"] = [target]
        for name, entity in ENTITIES.items():
            if name not in LEDGER:
                tables[f"current.{name}"] = [root / f"{name}.parquet"]
                write_rows(
                    target=tables[f"current.{name}"][0], types=snapshot_types(entity), rows=[]
                )
        for name, rows in LINKS.items():
            types = match_types(MATCH_TABLES[name])
            key = ", ".join(MATCH_TABLES[name].key)
            columns = ", ".join(
                f"CAST({column} AS {type_}) AS {column}" for column, type_ in types.items()
            )
            target = root / f"{name}.parquet"
            connection.execute(
                f"COPY (SELECT {columns} FROM ({rows.replace('size', str(size))}) "
                f"ORDER BY hash(customer_id || '{order}'), {key}) "
                f"TO {literal(str(target))} (FORMAT parquet)"
            )
            tables[f"match.{name}"] = [target]
    for name, (types, rows) in night_tables(
        load_policies("article", beside=POLICY_FOLDER), NIGHT
    ).items():
        tables[name] = [root / f"{name}.parquet"]
        write_rows(target=tables[name][0], types=types, rows=rows)
    return tables


def night(root: Path, tables: dict[str, list[Path]], *, threads: int) -> dict[str, str]:
    """Table → SHA-256 of a whole night over these inputs."""
    settings = read_settings({"ZIXIN_HOME": str(root), "ZIXIN_THREADS": str(threads)})
    engine = DuckDBEngine(settings)
    hashes = {}
    for model in models.models():
        target = root / f"{model.full_name}.parquet"
        model.write(engine, tables, as_of=NIGHT, target=target)
        tables[model.full_name] = [target]
        hashes[model.full_name] = file_sha256(target)
    return hashes


@dataclass(frozen=True)
class Made:
    """A ledger of `size` invoices, and a night over it on one thread."""

    size: int
    tables: dict[str, list[Path]]
    hashes: dict[str, str]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(3_000, id="small", marks=pytest.mark.soak),
        pytest.param(ROW_GROUP + 20_000, id="above one row group"),
    ],
)
def one(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    root = tmp_path_factory.mktemp("same_bytes") / "one"
    tables = ledger(root, size=request.param, order=1)
    hashes = night(root, tables, threads=1)
    return Made(request.param, tables, hashes)


def test_order_and_threads_change_no_byte(one: Made, tmp_path: Path) -> None:
    four = night(tmp_path / "four", ledger(tmp_path / "four", size=one.size, order=2), threads=4)

    moved = [name for name, sha in one.hashes.items() if four[name] != sha]
    assert not moved, (
        f"{', '.join(moved)}: the bytes depend on the order of rows or on threads. A window that picks a "
        "row must be ordered to the key; a sum must be of whole numbers or decimals; the first of these "
        "tables is where to look"
    )


def test_the_ledger_has_something_of_everything(one: Made) -> None:
    """A ledger in which nothing happens would prove nothing."""

    def values(name: str, column: str) -> set[str]:
        with duckdb.connect() as connection:
            found = connection.execute(
                f"SELECT DISTINCT {column} FROM read_parquet(?)", [str(one.tables[name][0])]
            ).fetchall()
        return {value for (value,) in found}

    assert len(values("event.settlement", "kind")) >= 7
    assert values("event.currency", "fx_state") >= {"base", "ok", "no_fx"}
    assert values("grade.credit_grade", "final_grade") >= {"A", "C", "D"}
    assert values("mart.outlook", "kind") >= {"pay_by", "collect"}
    assert values("core.receivable", "disputed_amount > 0") == {True, False}
    assert values("mart.outside_record", "provider_cnt") == {1, 2}
    assert values("mart.outside_opinion", "opinion_kind") == {"score", "tax_credit", "registration"}
    assert values("mart.outside_inquiry", "outcome") == {"hits", "none", "failed", "not_asked"}
    assert values("indicator.esg", "esg_total_basis") == {"stated", "pillar_mean", None}
    assert values("indicator.reputation", "reputation_kind_cnt > 1") == {True, False}
    assert values("event.statement", "is_unit_mixed") == {True, False}
    assert values("event.party_industry", "industry_from") >= {"ledger", "ledger_name", "name_only"}
    assert values("core.performance_ratio", "null_reason") == {"no_value", "no_standard", None}
    assert values("indicator.finance", "z_model") >= {"z1", "z2"}
    assert values("indicator.bureau", "adm_repay_band") >= {"fair", "poor"}
    assert values("indicator.bureau", "ref_high_credit_cnt > 1") >= {True}
    assert values("indicator.industry", "industry_band_rise > 0") >= {True, False}
    assert values("indicator.management", "identity_verified") == {True, False, None}
    assert values("indicator.closeness", "customer_value > 0") >= {True, None}
    assert values("indicator.mitigation", "collateral_ok") == {True, False, None}
    assert values("indicator.mitigation", "guarantor_cnt > 1") == {True, False}


def test_a_window_that_is_not_ordered_to_the_key_is_seen(tmp_path: Path) -> None:
    pick = """
        SELECT customer_id, invoice_id
        FROM (
          SELECT customer_id, invoice_id,
            ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY currency) AS place
          FROM current.invoice
        ) AS ranked
        WHERE place = 1
    """
    hashes = set()
    for order in (1, 2):
        root = tmp_path / str(order)
        tables = ledger(root, size=3_000, order=order)
        target = root / "picked.parquet"
        DuckDBEngine(read_settings({"ZIXIN_HOME": str(root)})).write(
            pick,
            {"current.invoice": tables["current.invoice"]},
            as_of=NIGHT,
            types={"customer_id": "VARCHAR", "invoice_id": "VARCHAR"},
            order_by=["customer_id"],
            target=target,
        )
        hashes.add(file_sha256(target))

    assert len(hashes) == 2
