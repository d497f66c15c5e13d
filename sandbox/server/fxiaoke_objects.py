"""The tenant behind the Fxiaoke stand-in: which objects it has and what its own fields are called.

Preset objects keep the field names that public documents show. Everything else is the tenant's own:
`field_xxxxx__c`, known by its label alone (`object/describe`), as in every real tenant. For
DeliveryNoteObj, ContractObj, CasesObj, RefundObj and ReturnedGoodsInvoiceObj no field list is public,
so all their business fields are the tenant's own here. The ledger (应收单, 核销, 红字, …) is written
into the CRM by the tenant's ERP, as custom objects `object_xxx__c`.
"""

import hashlib
import string

from sandbox.server.objects import Field, Thing, made_field, pairs

ALPHABET = string.ascii_letters + string.digits


def own_name(thing: str, label: str) -> str:
    """The API name a tenant's own field got when it was made: `field_Ab3x9__c`."""
    number = int.from_bytes(hashlib.blake2b(f"{thing}.{label}".encode(), digest_size=6).digest())
    letters = ""
    for _ in range(5):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return f"field_{letters}__c"


def _thing(api: str, label: str, table: str, preset: str, own: str, where: str = "") -> Thing:
    """`preset`: `api:label=column` words; `own`: `label=column` words."""
    fields: list[Field] = []
    for words, column in pairs(preset):
        name, _, shown = words.partition(":")
        fields.append(made_field(name, column, table, shown or name, is_own=False))
    for shown, column in pairs(own):
        fields.append(made_field(own_name(api, shown), column, table, shown, is_own=True))
    return Thing(api, label, table, tuple(fields), where, is_own=api.endswith("__c"))


OBJECTS: dict[str, Thing] = {
    thing.api: thing
    for thing in (
        _thing(
            "AccountObj",
            "客户",
            "customer",
            "name:客户名称=customer_name account_no:客户编号=number account_level:客户级别=level "
            "industry_level1:1级行业=industry tel:电话=phone email:邮件=email url:网址=website "
            "address:详细地址=address",
            "统一社会信用代码=uscc 国家=country 城市=city 客户起始日期=customer_since "
            "是否经销商=is_reseller 竞品占比=competitor_share 账期天数=payment_terms_days 结算币种=currency "
            "信用额度=credit_limit LEI编码=lei 增值税号=vat 注册号=registration_number 邓白氏编码=duns "
            "SEC编号=cik 曾用名=former_name 上级客户=parent_id 上级客户名称=parent_name",
        ),
        _thing(
            "SalesOrderObj",
            "销售订单",
            "sales_order",
            "name:销售订单编号=number account_id:客户名称=customer_id order_time:下单日期=order_date "
            "order_amount:销售订单金额=amount",
            "币种=currency 销售主体=company_id 订单成本=cost_amount 履约状态=status 关闭日期=closed_on "
            "重开日期=reopened_on 重开次数=reopened_count 所属合同=contract_id 产品组=product_group "
            "渠道=channel",
        ),
        _thing(
            "DeliveryNoteObj",
            "发货单",
            "delivery",
            "name:发货单编号=number",
            "客户=customer_id 销售订单=order_id 合同=contract_id 承诺交货日期=promised_date "
            "实际交货日期=actual_date 订购数量=quantity_ordered 交付数量=quantity_delivered "
            "延迟责任方=late_by",
        ),
        _thing(
            "PaymentObj",
            "回款",
            "payment",
            "name:回款编号=number account_id:客户名称=customer_id payment_time:回款日期=payment_date "
            "payment_amount:本次回款总金额=amount payment_term:回款方式=mode remark:备注=reference",
            "币种=currency 核销类型=kind 对应应收单=invoice_id",
        ),
        _thing(
            "OrderPaymentObj",
            "回款明细",
            "allocation",
            "payment_id:回款编号=payment_id payment_amount:本次回款金额=amount",
            "回款应收单=invoice_id 行号=line",
        ),
        _thing(
            "ContractObj",
            "合同",
            "contract",
            "name:合同编号=number",
            "客户=customer_id 报价日期=offered_on 签订日期=signed_on 开始日期=start_date 结束日期=end_date "
            "合同金额=amount 币种=currency 合同状态=status 有违约条款=has_breach_clause "
            "有赔偿条款=has_compensation_clause",
        ),
        _thing(
            "CasesObj",
            "工单",
            "service_case",
            "name:工单编号=number",
            "客户=customer_id 工单类型=kind 投诉方向=direction 问题分类=category 严重程度=severity "
            "处理状态=status 提交日期=opened_on 关闭日期=closed_on 首次响应小时=first_response_hours "
            "关闭小时=close_hours 时限小时=sla_hours 是否解决=is_solved 责任方=at_fault 销售订单=order_id "
            "应收单=invoice_id 退款金额=refund_amount 币种=currency 主题=subject",
        ),
        _thing(
            "RefundObj",
            "退款",
            "refund",
            "name:退款编号=number",
            "客户=customer_id 销售订单=order_id 退货单=return_id 退款日期=refund_date 退款金额=amount "
            "币种=currency 退款原因=reason",
        ),
        _thing(
            "ReturnedGoodsInvoiceObj",
            "退货单",
            "sales_return",
            "name:退货单编号=number",
            "客户=customer_id 销售订单=order_id 应收单=invoice_id 退货日期=return_date 退货金额=amount "
            "币种=currency 退货数量=quantity_returned 退货原因=reason 责任方=caused_by",
        ),
        _thing(
            "object_invoice__c",
            "应收单",
            "invoice",
            "name:应收单编号=number",
            "客户=customer_id 销售订单=order_id 开票主体=company_id 开票日期=invoice_date 到期日=due_date "
            "账期天数=terms_days 应收金额=amount 币种=currency 单据状态=status",
        ),
        _thing(
            "object_instalment__c",
            "应收分期",
            "instalment",
            "",
            "客户=customer_id 应收单=invoice_id 期次=instalment_no 到期日=due_date 分期金额=amount "
            "币种=currency 生效日期=known_from",
        ),
        _thing(
            "object_allocation__c",
            "核销明细",
            "allocation",
            "",
            "客户=customer_id 回款=payment_id 应收单=invoice_id 行号=line 核销金额=amount 币种=currency "
            "核销日期=payment_date",
        ),
        _thing(
            "object_creditnote__c",
            "红字应收单",
            "credit_note",
            "name:红字单编号=number",
            "客户=customer_id 应收单=invoice_id 红字日期=credit_date 红字金额=amount 币种=currency "
            "红字原因=reason",
        ),
        _thing(
            "object_claim__c",
            "质量索赔",
            "claim",
            "name:索赔编号=number",
            "客户=customer_id 应收单=invoice_id 索赔日期=claim_date 索赔金额=amount 币种=currency "
            "结算方式=settled_by",
        ),
        _thing(
            "object_dispute__c",
            "争议",
            "dispute",
            "name:争议编号=number",
            "客户=customer_id 应收单=invoice_id 提出日期=opened_date 关闭日期=closed_date 争议金额=amount "
            "币种=currency 处理结果=outcome",
        ),
        _thing(
            "object_dunning__c",
            "催款",
            "dunning_step",
            "",
            "客户=customer_id 应收单=invoice_id 催款级别=level 催款日期=sent_on 催款方式=channel "
            "催款金额=amount 币种=currency 客户答复日期=answered_on",
        ),
        _thing(
            "object_promise__c",
            "承诺付款",
            "promise",
            "",
            "客户=customer_id 应收单=invoice_id 承诺日期=promised_on 承诺付款日=due_date 承诺金额=amount "
            "币种=currency 是否兑现=is_kept",
        ),
        _thing(
            "object_milestone__c",
            "合同里程碑",
            "contract_milestone",
            "",
            "客户=customer_id 合同=contract_id 里程碑编号=milestone_id 里程碑类型=kind 义务方=owed_by "
            "计划日期=planned_date 实际日期=actual_date 计划金额=planned_amount 实际金额=actual_amount "
            "币种=currency",
        ),
        _thing(
            "object_breach__c",
            "违约记录",
            "contract_breach",
            "",
            "客户=customer_id 合同=contract_id 违约日期=breach_date 违约方=breached_by 违约类型=kind "
            "涉及金额=amount 币种=currency 纠正日期=cured_on 违约说明=description",
        ),
        _thing(
            "object_feedback__c",
            "满意度评价",
            "feedback",
            "",
            "客户=customer_id 评价日期=given_on 评价方向=role 评价项=aspect 评分=rating NPS=nps "
            "愿意继续合作=would_continue 调查方=surveyed_by 销售订单=order_id 评语=comment",
        ),
        _thing(
            "object_contact__c",
            "跟进记录",
            "contact_activity",
            "",
            "客户=customer_id 跟进日期=contact_date 跟进方式=channel 方向=direction 目的=purpose "
            "是否答复=has_reply 答复小时=reply_hours 主题=subject",
        ),
        _thing(
            "object_formername__c",
            "客户曾用名",
            "customer",
            "",
            "曾用名=former_name",
            "former_name IS NOT NULL",
        ),
        _thing(
            "object_relationcost__c",
            "客户关系费用",
            "relation_cost",
            "",
            "客户=customer_id 费用日期=cost_date 费用类型=kind 费用金额=amount 币种=currency",
        ),
    )
}
"""API name → object. `object_formername__c` holds one row an account: its `_id` is the account's."""
