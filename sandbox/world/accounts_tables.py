"""What is written about an account: in a CRM, or on our own papers."""

from sandbox.world.table import table

ACCOUNT_TABLES = (
    # --- the CRMs: what is written on an account -------------------------------------------------------
    table(
        "customer",
        "account",
        "An account as the CRM knows it: names and numbers may be old, missing, mistyped, another's.",
        "customer_id:text number:text customer_name:text country:text city:text address:text "
        "contact_name:text phone:text email:text website:text industry:text level:text owner_id:text owner_name:text "
        "customer_since:day is_reseller:flag competitor_share:share payment_terms_days:count "
        "currency:text credit_limit:money uscc:text lei:text vat:text registration_number:text "
        "duns:text cik:text former_name:text parent_id:text parent_name:text",
    ),
    table(
        "sales_order",
        "account",
        "An order; status open, delivered, closed, cancelled; a version for each change.",
        "order_id:text number:text customer_id:text company_id:text order_date:day amount:money "
        "currency:text cost_amount:money status:text closed_on:day reopened_on:day "
        "reopened_count:count contract_id:text product_group:text channel:text",
    ),
    table(
        "delivery",
        "account",
        "A consignment of an order; one that is late had a version without actual_date before.",
        "delivery_id:text number:text customer_id:text order_id:text contract_id:text "
        "promised_date:day actual_date:day quantity_ordered:quantity quantity_delivered:quantity "
        "late_by:text",
    ),
    table(
        "invoice",
        "account",
        "A bill; now and then corrected (a later version) or voided (deleted).",
        "invoice_id:text number:text customer_id:text order_id:text company_id:text invoice_date:day "
        "due_date:day terms_days:count amount:money currency:text status:text",
    ),
    table(
        "instalment",
        "account",
        "For one invoice in twenty: its parts, each with a due date; they add up to the invoice.",
        "invoice_id:text customer_id:text instalment_no:text due_date:day amount:money currency:text "
        "known_from:day",
    ),
    table(
        "payment",
        "account",
        "Money in, or a booking in its place (write_off, set_off); invoice_id when it pays just one.",
        "payment_id:text number:text customer_id:text payment_date:day amount:money currency:text "
        "invoice_id:text kind:text mode:text reference:text",
    ),
    table(
        "allocation",
        "account",
        "What of a payment settles an invoice; the payment's rest is unapplied.",
        "payment_id:text invoice_id:text line:text amount:money customer_id:text payment_date:day "
        "currency:text",
    ),
    table(
        "credit_note",
        "account",
        "A credit; reason return, billing_error, rebate, quality_claim.",
        "credit_note_id:text number:text customer_id:text invoice_id:text credit_date:day "
        "amount:money currency:text reason:text caused_by:text",
    ),
    table(
        "sales_return",
        "account",
        "Goods sent back.",
        "return_id:text number:text customer_id:text order_id:text invoice_id:text return_date:day "
        "amount:money currency:text quantity_returned:quantity reason:text caused_by:text",
    ),
    table(
        "refund",
        "account",
        "Money given back.",
        "refund_id:text number:text customer_id:text order_id:text return_id:text refund_date:day "
        "amount:money currency:text reason:text",
    ),
    table(
        "claim",
        "account",
        "A quality claim settled by payout or by deduction from a payment.",
        "claim_id:text number:text customer_id:text invoice_id:text claim_date:day amount:money "
        "currency:text settled_by:text caused_by:text",
    ),
    table(
        "dispute",
        "account",
        "A contested invoice; a later version closes it, outcome customer or us.",
        "dispute_id:text number:text customer_id:text invoice_id:text opened_date:day "
        "closed_date:day amount:money currency:text outcome:text",
    ),
    table(
        "contract",
        "account",
        "An agreement; versions: offered, signed or declined, completed or terminated.",
        "contract_id:text number:text customer_id:text offered_on:day signed_on:day start_date:day "
        "end_date:day amount:money currency:text status:text has_breach_clause:flag "
        "has_compensation_clause:flag",
    ),
    table(
        "contract_milestone",
        "account",
        "What a contract plans for a day; a later version has it done.",
        "contract_id:text milestone_id:text customer_id:text kind:text owed_by:text planned_date:day "
        "actual_date:day planned_amount:money actual_amount:money currency:text",
    ),
    table(
        "contract_breach",
        "account",
        "A term not kept, and by whom.",
        "breach_id:text contract_id:text customer_id:text breach_date:day breached_by:text kind:text "
        "amount:money currency:text cured_on:day description:text",
    ),
    table(
        "service_case",
        "account",
        "A complaint or request; opened, then closed in a later version.",
        "case_id:text number:text customer_id:text kind:text direction:text category:text "
        "severity:text status:text opened_on:day closed_on:day first_response_hours:hours "
        "close_hours:hours sla_hours:hours is_solved:flag at_fault:text order_id:text "
        "invoice_id:text refund_amount:money currency:text subject:text",
    ),
    table(
        "feedback",
        "account",
        "A rating 1 to 5 or an NPS answer, by the customer or about it.",
        "feedback_id:text customer_id:text given_on:day role:text aspect:text rating:score nps:score "
        "would_continue:flag surveyed_by:text order_id:text comment:text",
    ),
    table(
        "contact_activity",
        "account",
        "A call, mail or visit, and how long an answer took.",
        "activity_id:text customer_id:text contact_date:day channel:text direction:text purpose:text "
        "has_reply:flag reply_hours:hours subject:text",
    ),
    table(
        "dunning_step",
        "account",
        "We asked for money; level 1 reminds.",
        "dunning_id:text customer_id:text invoice_id:text level:count sent_on:day channel:text "
        "amount:money currency:text answered_on:day",
    ),
    table(
        "promise",
        "account",
        "A promise to pay.",
        "promise_id:text customer_id:text invoice_id:text promised_on:day due_date:day amount:money "
        "currency:text is_kept:flag",
    ),
    table(
        "relation_cost",
        "account",
        "What winning, keeping or growing the customer cost.",
        "cost_id:text customer_id:text cost_date:day kind:text amount:money currency:text",
    ),
    # --- our own papers about an account: files --------------------------------------------------------
    table(
        "guarantee",
        "account",
        "What stands in if the customer does not pay.",
        "guarantee_id:text customer_id:text kind:text guarantor:text amount:money currency:text "
        "appraised_amount:money start_date:day expiry_date:day released_on:day is_verified:flag",
    ),
    table(
        "insurance",
        "account",
        "Credit insurance.",
        "cover_id:text customer_id:text insurer:text insured_limit:money currency:text "
        "covered_share:share deductible:money start_date:day expiry_date:day cancelled_on:day",
    ),
    table(
        "questionnaire_answer",
        "account",
        "One answer of a form: management, operations, supply chain, site visit.",
        "response_id:text question_id:text customer_id:text form:text question:text score:score "
        "score_min:score score_max:score answered_on:day assessor:text answer:text",
    ),
    table(
        "expert_vote",
        "account",
        "One expert's points for one factor in one Delphi round.",
        "customer_id:text expert_id:text panel:text round_no:count factor:text score:score voted_on:day "
        "reason:text",
    ),
    table(
        "trade_reference",
        "account",
        "What another supplier says of it.",
        "reference_id:text customer_id:text referee:text relation:text given_on:day trading_since:day "
        "high_credit:money owed_amount:money overdue_amount:money currency:text terms_days:count "
        "days_late:hours rating:score comment:text",
    ),
    table(
        "competitor_share",
        "account",
        "Competitors' part of what a reseller sells of our kind.",
        "customer_id:text stated_on:day competitor:text share:share source:text",
    ),
    table(
        "limit_decision",
        "account",
        "A credit limit that was approved, granted for a time or asked for.",
        "decision_id:text customer_id:text kind:text limit_amount:money currency:text reason:text "
        "author:text approver:text decided_on:day valid_from:day valid_until:day is_secured:flag",
    ),
)
