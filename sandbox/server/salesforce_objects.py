"""The organisation behind the Salesforce stand-in: standard objects, and its own (`…__c`).

Account, Order, Contract and Case keep Salesforce's field names; fields and objects that end in `__c`
are this organisation's. Every object has Id, OwnerId, IsDeleted, CreatedDate, LastModifiedDate and
SystemModstamp besides.
"""

from sandbox.server.objects import Thing, made_field, pairs


def _object(api: str, table: str, fields: str) -> Thing:
    made = tuple(
        made_field(name, column, table, name, is_own=name.endswith("__c"))
        for name, column in pairs(fields)
    )
    return Thing(api, api, table, made, is_own=api.endswith("__c"))


OBJECTS: dict[str, Thing] = {
    thing.api: thing
    for thing in (
        _object(
            "Account",
            "customer",
            "Name=customer_name AccountNumber=number Industry=industry ParentId=parent_id "
            "Rating=level Phone=phone Website=website BillingStreet=address BillingCity=city "
            "BillingCountry=country Customer_Since__c=customer_since Is_Reseller__c=is_reseller "
            "Competitor_Share__c=competitor_share Payment_Terms_Days__c=payment_terms_days "
            "Currency__c=currency Credit_Limit__c=credit_limit Email__c=email VAT_Number__c=vat "
            "LEI__c=lei Registration_Number__c=registration_number DUNS__c=duns CIK__c=cik "
            "USCC__c=uscc Former_Name__c=former_name",
        ),
        _object(
            "Order",
            "sales_order",
            "OrderNumber=number AccountId=customer_id EffectiveDate=order_date TotalAmount=amount "
            "Status=status ContractId=contract_id EndDate=closed_on Currency__c=currency "
            "Company__c=company_id Cost_Amount__c=cost_amount Reopened_On__c=reopened_on "
            "Reopened_Count__c=reopened_count Product_Group__c=product_group Channel__c=channel",
        ),
        _object(
            "Contract",
            "contract",
            "ContractNumber=number AccountId=customer_id StartDate=start_date EndDate=end_date "
            "Status=status CustomerSignedDate=signed_on Offered_On__c=offered_on Amount__c=amount "
            "Currency__c=currency Has_Breach_Clause__c=has_breach_clause "
            "Has_Compensation_Clause__c=has_compensation_clause",
        ),
        _object(
            "Case",
            "service_case",
            "CaseNumber=number AccountId=customer_id Subject=subject Status=status "
            "Priority=severity Type=kind Reason=category Direction__c=direction "
            "Opened_On__c=opened_on Closed_On__c=closed_on "
            "First_Response_Hours__c=first_response_hours Close_Hours__c=close_hours "
            "SLA_Hours__c=sla_hours Is_Solved__c=is_solved At_Fault__c=at_fault Order__c=order_id "
            "Invoice__c=invoice_id Refund_Amount__c=refund_amount Currency__c=currency",
        ),
        _object(
            "Invoice__c",
            "invoice",
            "Name=number Account__c=customer_id Order__c=order_id Company__c=company_id "
            "Invoice_Date__c=invoice_date Due_Date__c=due_date Terms_Days__c=terms_days "
            "Amount__c=amount Currency__c=currency Status__c=status",
        ),
        _object(
            "Instalment__c",
            "instalment",
            "Account__c=customer_id Invoice__c=invoice_id Instalment_No__c=instalment_no "
            "Due_Date__c=due_date Amount__c=amount Currency__c=currency Known_From__c=known_from",
        ),
        _object(
            "Payment__c",
            "payment",
            "Name=number Account__c=customer_id Payment_Date__c=payment_date Amount__c=amount "
            "Currency__c=currency Invoice__c=invoice_id Kind__c=kind Mode__c=mode "
            "Reference__c=reference",
        ),
        _object(
            "Allocation__c",
            "allocation",
            "Account__c=customer_id Payment__c=payment_id Invoice__c=invoice_id Line__c=line "
            "Amount__c=amount Currency__c=currency Payment_Date__c=payment_date",
        ),
        _object(
            "Credit_Note__c",
            "credit_note",
            "Name=number Account__c=customer_id Invoice__c=invoice_id Credit_Date__c=credit_date "
            "Amount__c=amount Currency__c=currency Reason__c=reason",
        ),
        _object(
            "Delivery__c",
            "delivery",
            "Name=number Account__c=customer_id Order__c=order_id Contract__c=contract_id "
            "Promised_Date__c=promised_date Actual_Date__c=actual_date "
            "Quantity_Ordered__c=quantity_ordered Quantity_Delivered__c=quantity_delivered "
            "Late_By__c=late_by",
        ),
        _object(
            "Return__c",
            "sales_return",
            "Name=number Account__c=customer_id Order__c=order_id Invoice__c=invoice_id "
            "Return_Date__c=return_date Amount__c=amount Currency__c=currency "
            "Quantity_Returned__c=quantity_returned Reason__c=reason Caused_By__c=caused_by",
        ),
        _object(
            "Refund__c",
            "refund",
            "Name=number Account__c=customer_id Order__c=order_id Return__c=return_id "
            "Refund_Date__c=refund_date Amount__c=amount Currency__c=currency Reason__c=reason",
        ),
        _object(
            "Claim__c",
            "claim",
            "Name=number Account__c=customer_id Invoice__c=invoice_id Claim_Date__c=claim_date "
            "Amount__c=amount Currency__c=currency Settled_By__c=settled_by",
        ),
        _object(
            "Dispute__c",
            "dispute",
            "Name=number Account__c=customer_id Invoice__c=invoice_id Opened_Date__c=opened_date "
            "Closed_Date__c=closed_date Amount__c=amount Currency__c=currency Outcome__c=outcome",
        ),
        _object(
            "Milestone__c",
            "contract_milestone",
            "Account__c=customer_id Contract__c=contract_id Milestone_Id__c=milestone_id "
            "Kind__c=kind Owed_By__c=owed_by Planned_Date__c=planned_date "
            "Actual_Date__c=actual_date Planned_Amount__c=planned_amount "
            "Actual_Amount__c=actual_amount Currency__c=currency",
        ),
        _object(
            "Breach__c",
            "contract_breach",
            "Account__c=customer_id Contract__c=contract_id Breach_Date__c=breach_date "
            "Breached_By__c=breached_by Kind__c=kind Amount__c=amount Currency__c=currency "
            "Cured_On__c=cured_on Description__c=description",
        ),
        _object(
            "Feedback__c",
            "feedback",
            "Account__c=customer_id Given_On__c=given_on Role__c=role Aspect__c=aspect "
            "Rating__c=rating NPS__c=nps Would_Continue__c=would_continue "
            "Surveyed_By__c=surveyed_by Order__c=order_id Comment__c=comment",
        ),
        _object(
            "Dunning__c",
            "dunning_step",
            "Account__c=customer_id Invoice__c=invoice_id Level__c=level Sent_On__c=sent_on "
            "Channel__c=channel Amount__c=amount Currency__c=currency Answered_On__c=answered_on",
        ),
        _object(
            "Promise__c",
            "promise",
            "Account__c=customer_id Invoice__c=invoice_id Promised_On__c=promised_on "
            "Due_Date__c=due_date Amount__c=amount Currency__c=currency Is_Kept__c=is_kept",
        ),
        _object(
            "Contact_Activity__c",
            "contact_activity",
            "Account__c=customer_id Contact_Date__c=contact_date Channel__c=channel "
            "Direction__c=direction Purpose__c=purpose Has_Reply__c=has_reply "
            "Reply_Hours__c=reply_hours Subject__c=subject",
        ),
        _object(
            "Relation_Cost__c",
            "relation_cost",
            "Account__c=customer_id Cost_Date__c=cost_date Kind__c=kind Amount__c=amount "
            "Currency__c=currency",
        ),
    )
}
"""API name → object."""
