"""What registries, courts, bureaus and agencies know; and what really is."""

from sandbox.world.table import table

PARTY_TABLES = (
    # --- registries, bureaus, courts, agencies ---------------------------------------------------------
    table(
        "company",
        "party",
        "The registry's truth; a version for each change of name, status, address or person.",
        "party_no:number name:text name_zh:text name_en:text country:text region:text city:text "
        "address:text postal_code:text uscc:text registration_number:text lei:text vat:text "
        "duns:text cik:text status:text status_since:day founded:day capital:money "
        "capital_currency:text industry_code:text industry:text size:text staff:count "
        "staff_range:text legal_person:text legal_form:text is_listed:flag is_customer:flag "
        "parent_no:number",
    ),
    table(
        "former_name",
        "party",
        "A name the company bore until a day.",
        "party_no:number name:text kind:text until:day",
    ),
    table(
        "group_member",
        "party",
        "A parent and its part.",
        "party_no:number parent_no:number parent_name:text share:share is_ultimate:flag "
        "valid_from:day valid_until:day",
    ),
    table(
        "bureau_score",
        "party",
        "A bureau's report as of a day; provider creditsafe (0–100, band A–E) or qcc (0–100 企查分).",
        "party_no:number provider:text scale_id:text score:score score_min:score score_max:score "
        "band:text band_meaning:text default_probability:share recommended_limit:money "
        "currency:text report_date:day rated_since:day days_beyond_terms:hours",
    ),
    table(
        "statement",
        "party",
        "A year's accounts: assets = liabilities + equity; retained earnings move by profit less "
        "dividends, cash by the three cash flows, when the year before is there too.",
        "party_no:number period_end:day period_months:count basis:text published_on:day "
        "is_audited:flag auditor_opinion:text accounting_standard:text source:text currency:text "
        "stated_unit:count total_assets:money current_assets:money cash:money receivables:money "
        "inventory:money prepaid:money fixed_assets:money total_liabilities:money "
        "current_liabilities:money payables:money short_term_debt:money long_term_debt:money "
        "equity:money paid_in_capital:money capital_reserve:money retained_earnings:money "
        "market_equity:money revenue:money cost_of_sales:money operating_expenses:money "
        "interest_expense:money operating_profit:money ebit:money pretax_profit:money "
        "income_tax:money net_income:money depreciation:money operating_cash_flow:money "
        "investing_cash_flow:money financing_cash_flow:money capital_expenditure:money "
        "equity_issued:money dividends_paid:money shares_outstanding:number staff:count",
    ),
    table(
        "tax_credit",
        "party",
        "The tax office's level of a year: A, B, M, C, D.",
        "party_no:number year:count level:text authority:text",
    ),
    table(
        "court_record",
        "party",
        "A case; party_no is the company it is mainly about. A version for each stage it reaches: "
        "filing, hearing, judgment, enforcement, closed.",
        "record_id:text party_no:number country:text court:text court_id:text case_no:text "
        "title:text cause:text case_type:text doc_type:text stage:text status:text filed_on:day "
        "hearing_on:day judged_on:day closed_on:day published_on:day amount:money currency:text "
        "result:text",
    ),
    table(
        "court_party",
        "party",
        "A party of a case; party_no NULL: a person or a company outside the world.",
        "record_id:text party_index:count party_no:number party_name:text role:text role_text:text "
        "party_kind:text result:text outcome:text",
    ),
    table(
        "listing",
        "party",
        "An entry on a public list: dishonest 失信, enforcement 被执行, consumption_limit 限高, "
        "enforcement_ended 终本, abnormal_operation, serious_illegal, bankruptcy, revoked, deregistered.",
        "listing_id:text party_no:number party_name:text kind:text case_no:text court:text "
        "amount:money unperformed_amount:money currency:text listed_on:day published_on:day "
        "ended_on:day person_name:text applicant:text reason:text performance:text",
    ),
    table(
        "penalty",
        "party",
        "An administrative penalty.",
        "penalty_id:text party_no:number case_no:text authority:text category:text cause:text kind:text "
        "amount:money currency:text decided_on:day published_on:day",
    ),
    table(
        "registration_change",
        "party",
        "A change in the register: before and after.",
        "change_id:text party_no:number changed_on:day item:text item_text:text value_before:text "
        "value_after:text",
    ),
    table(
        "esg_score",
        "party",
        "An agency's ESG points, 0 to 100.",
        "party_no:number provider:text report_date:day environment:score social:score governance:score "
        "total:score report:text",
    ),
    table(
        "reputation",
        "party",
        "A market survey's view of a company.",
        "party_no:number source:text surveyed_on:day award_count:count review_average:score "
        "review_count:count partner_review_average:score brand_score:score quality_score:score "
        "market_share:share satisfaction:score",
    ),
    # --- about no company ------------------------------------------------------------------------------
    table(
        "industry_band",
        "world",
        "How risky an industry is in a year: risk_band 1 is the safest of 5.",
        "industry_code:text industry_name:text stated_on:day risk_band:text competition:score "
        "volatility:score outlook:text default_rate:share source:text",
    ),
    table(
        "industry_standard",
        "world",
        "Five standard values of a ratio in an industry (C8; a demonstration set).",
        "edition:text industry_code:text company_size:text ratio:text excellent:score good:score "
        "average:score low:score poor:score",
    ),
    table(
        "fx_rate",
        "world",
        "Units of to_currency for one from_currency on a day.",
        "from_currency:text to_currency:text rate_date:day rate:rate",
    ),
    # --- what really is --------------------------------------------------------------------------------
    table(
        "truth_health",
        "truth",
        "Hidden health by month: 0 is middling, below -2 near default.",
        "party_no:number month:day health:score",
    ),
    table(
        "truth_default",
        "truth",
        "Who stops paying for good, when, and when insolvency follows.",
        "party_no:number default_date:day insolvency_date:day",
    ),
    table(
        "truth_customer",
        "truth",
        "The company behind a CRM account, and what is wrong with what the CRM says of it.",
        "system:text customer_id:text party_no:number name_error:text uscc_error:text lei_error:text "
        "vat_error:text",
    ),
    table(
        "truth_court_record",
        "truth",
        "The companies of a case: party_no and role; is_customer false: a stranger.",
        "record_id:text party_no:number role:text is_customer:flag is_homonym:flag",
    ),
    table(
        "truth_homonym",
        "truth",
        "A stranger that bears a customer's name, or nearly.",
        "party_no:number stranger_no:number kind:text",
    ),
    table(
        "truth_untidy",
        "truth",
        "Every row with something wrong on purpose.",
        "table_name:text system:text row_id:text kind:text column_name:text",
    ),
)
