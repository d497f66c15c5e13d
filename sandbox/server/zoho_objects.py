"""The organisation behind the Zoho stand-in: modules of the CRM and lists of Books.

Standard fields keep the names of Zoho's SDK. What Zoho has no field or module for is the
organisation's own and looks just the same on the wire (a custom module is named as it was typed).
Books is synchronised with the CRM here: a contact has its account's id, an invoice the same id in both.
"""

from sandbox.server.objects import Thing, made_field, pairs


def _module(api: str, table: str, standard: str, own: str = "", *, is_own: bool = False) -> Thing:
    fields = tuple(
        made_field(name, column, table, name.replace("_", " "), is_own=of_theirs)
        for text, of_theirs in ((standard, False), (own, True))
        for name, column in pairs(text)
    )
    return Thing(api, api.replace("_", " "), table, fields, is_own=is_own)


def _own(api: str, table: str, fields: str) -> Thing:
    return _module(api, table, "", fields, is_own=True)


MODULES: dict[str, Thing] = {
    module.api: module
    for module in (
        _module(
            "Accounts",
            "customer",
            "Account_Name=customer_name Account_Number=number Industry=industry "
            "Parent_Account=parent_id Rating=level Phone=phone Website=website "
            "Billing_Street=address Billing_City=city Billing_Country=country",
            "Email=email Customer_Since=customer_since Is_Reseller=is_reseller "
            "Competitor_Share=competitor_share Payment_Terms_Days=payment_terms_days "
            "Currency=currency Credit_Limit=credit_limit VAT_Number=vat LEI=lei "
            "Registration_Number=registration_number DUNS=duns CIK=cik USCC=uscc "
            "Former_Name=former_name",
        ),
        _module(
            "Invoices",
            "invoice",
            "Invoice_Number=number Account_Name=customer_id Sales_Order=order_id "
            "Invoice_Date=invoice_date Due_Date=due_date Status=status Sub_Total=amount "
            "Grand_Total=amount Currency=currency",
            "Company=company_id Terms_Days=terms_days",
        ),
        _module(
            "Sales_Orders",
            "sales_order",
            "SO_Number=number Account_Name=customer_id Status=status Sub_Total=amount "
            "Grand_Total=amount Currency=currency",
            "Order_Date=order_date Company=company_id Cost_Amount=cost_amount Closed_On=closed_on "
            "Reopened_On=reopened_on Reopened_Count=reopened_count Contract=contract_id "
            "Product_Group=product_group Channel=channel",
        ),
        _module(
            "Cases",
            "service_case",
            "Case_Number=number Subject=subject Account_Name=customer_id Status=status "
            "Priority=severity Type=kind Case_Reason=category",
            "Direction=direction Opened_On=opened_on Closed_On=closed_on "
            "First_Response_Hours=first_response_hours Close_Hours=close_hours SLA_Hours=sla_hours "
            "Is_Solved=is_solved At_Fault=at_fault Sales_Order=order_id Invoice=invoice_id "
            "Refund_Amount=refund_amount Currency=currency",
        ),
        _module(
            "Deals",
            "contract",
            "Deal_Name=number Account_Name=customer_id Amount=amount Stage=status "
            "Closing_Date=signed_on",
        ),
        _own(
            "Contracts",
            "contract",
            "Name=number Account=customer_id Offered_On=offered_on Signed_On=signed_on "
            "Start_Date=start_date End_Date=end_date Amount=amount Currency=currency "
            "Contract_Status=status Has_Breach_Clause=has_breach_clause "
            "Has_Compensation_Clause=has_compensation_clause",
        ),
        _own(
            "Contract_Milestones",
            "contract_milestone",
            "Account=customer_id Contract=contract_id Milestone_ID=milestone_id Kind=kind "
            "Owed_By=owed_by Planned_Date=planned_date Actual_Date=actual_date "
            "Planned_Amount=planned_amount Actual_Amount=actual_amount Currency=currency",
        ),
        _own(
            "Contract_Breaches",
            "contract_breach",
            "Account=customer_id Contract=contract_id Breach_Date=breach_date "
            "Breached_By=breached_by Kind=kind Amount=amount Currency=currency Cured_On=cured_on "
            "Description=description",
        ),
        _own(
            "Deliveries",
            "delivery",
            "Name=number Account=customer_id Sales_Order=order_id Contract=contract_id "
            "Promised_Date=promised_date Actual_Date=actual_date Quantity_Ordered=quantity_ordered "
            "Quantity_Delivered=quantity_delivered Late_By=late_by",
        ),
        _own(
            "Instalments",
            "instalment",
            "Account=customer_id Invoice=invoice_id Instalment_No=instalment_no Due_Date=due_date "
            "Amount=amount Currency=currency Known_From=known_from",
        ),
        _own(
            "Disputes",
            "dispute",
            "Name=number Account=customer_id Invoice=invoice_id Opened_Date=opened_date "
            "Closed_Date=closed_date Amount=amount Currency=currency Outcome=outcome",
        ),
        _own(
            "Claims",
            "claim",
            "Name=number Account=customer_id Invoice=invoice_id Claim_Date=claim_date Amount=amount "
            "Currency=currency Settled_By=settled_by",
        ),
        _own(
            "Sales_Returns",
            "sales_return",
            "Name=number Account=customer_id Sales_Order=order_id Invoice=invoice_id "
            "Return_Date=return_date Amount=amount Currency=currency "
            "Quantity_Returned=quantity_returned Reason=reason Caused_By=caused_by",
        ),
        _own(
            "Refunds",
            "refund",
            "Name=number Account=customer_id Sales_Order=order_id Sales_Return=return_id "
            "Refund_Date=refund_date Amount=amount Currency=currency Reason=reason",
        ),
        _own(
            "Dunning_Steps",
            "dunning_step",
            "Account=customer_id Invoice=invoice_id Level=level Sent_On=sent_on Channel=channel "
            "Amount=amount Currency=currency Answered_On=answered_on",
        ),
        _own(
            "Promises",
            "promise",
            "Account=customer_id Invoice=invoice_id Promised_On=promised_on Due_Date=due_date "
            "Amount=amount Currency=currency Is_Kept=is_kept",
        ),
        _own(
            "Feedbacks",
            "feedback",
            "Account=customer_id Given_On=given_on Role=role Aspect=aspect Rating=rating NPS=nps "
            "Would_Continue=would_continue Surveyed_By=surveyed_by Sales_Order=order_id "
            "Comment=comment",
        ),
        _own(
            "Contact_Activities",
            "contact_activity",
            "Account=customer_id Contact_Date=contact_date Channel=channel Direction=direction "
            "Purpose=purpose Has_Reply=has_reply Reply_Hours=reply_hours Subject=subject",
        ),
        _own(
            "Relation_Costs",
            "relation_cost",
            "Account=customer_id Cost_Date=cost_date Kind=kind Amount=amount Currency=currency",
        ),
    )
}
"""API name → module. Modules carry Created_Time, Modified_Time and Owner besides."""

BOOKS: dict[str, Thing] = {
    thing.api: thing
    for thing in (
        _module(
            "contacts",
            "customer",
            "contact_name=customer_name company_name=customer_name contact_number=number "
            "currency_code=currency payment_terms=payment_terms_days credit_limit=credit_limit "
            "vat_reg_no=vat",
        ),
        _module(
            "invoices",
            "invoice",
            "invoice_number=number customer_id=customer_id date=invoice_date due_date=due_date "
            "payment_terms=terms_days total=amount currency_code=currency status=status "
            "salesorder_id=order_id",
        ),
        _module(
            "customerpayments",
            "payment",
            "payment_number=number payment_mode=mode amount=amount date=payment_date "
            "reference_number=reference customer_id=customer_id currency_code=currency",
            "cf_kind=kind",
        ),
        _module(
            "creditnotes",
            "credit_note",
            "creditnote_number=number customer_id=customer_id date=credit_date total=amount "
            "currency_code=currency",
            "cf_reason=reason cf_invoice_id=invoice_id",
        ),
    )
}
"""List → what is in it. A row's own id is `contact_id`, `invoice_id`, `payment_id`, `creditnote_id`;
`cf_…` are custom fields."""
