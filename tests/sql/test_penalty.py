"""core.penalty: R0-94, R1-31, R1-60. One row a decision, whoever tells of it and however its number is typed."""


def link(record, customer="C1", provider="qcc", **more):
    """A row of match.record_link about a penalty that was found while asking about C1."""
    return {
        "record_kind": "penalty",
        "record_key": f"{provider}|{record}|C1",
        "customer_id": customer,
        "provider": provider,
        "record_id": record,
        "role_of_customer": "subject",
        **more,
    }


def test_a_decision_is_told_once(night):
    """By its number; a document without one stands for itself."""
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        penalty="""
            provider | record_id | customer_id | case_no             | category    | decided_on | amount | currency
            qcc      | P1        | C1          | 沪环罚〔2026〕1号    | other       | 2026-03-01 | 5      | CNY
            tyc      | P1        | C1          | 沪环罚（２０２６）1 號 | environment | 2026-03-02 | 7      | CNY
            qcc      | P2        | C1          | -                   | tax         | 2026-04-01 | 5      | CNY
            tyc      | P2        | C1          | -                   | tax         | 2026-04-01 | -      | CNY
        """,
        record_link=[link(f"P{n}", provider=who) for n in (1, 2) for who in ("qcc", "tyc")],
    )

    found.expect(
        "core.penalty",
        """
        customer_id | decision_key      | decided_on | is_environment | fine_base | is_no_fx
        C1          | 沪环罚(2026)1号    | 2026-03-02 | yes            | 7         | no
        C1          | qcc P2            | 2026-04-01 | no             | 5         | no
        C1          | tyc P2            | 2026-04-01 | no             | -         | no
        """,
    )


def test_only_what_was_accepted_decided_and_not_taken_back(night):
    """Without a day of decision that of publication counts, else the day we learned of it."""
    found = night(
        penalty="""
            provider | record_id | customer_id | decided_on | published_on | known_on   | is_deleted
            qcc      | TONIGHT   | C1          | 2026-11-20 | -            | 2026-11-20 | no
            qcc      | TOMORROW  | C1          | 2026-11-21 | 2026-11-01   | 2026-11-20 | no
            qcc      | PUBLISHED | C1          | -          | 2026-10-01   | 2026-11-20 | no
            qcc      | LEARNED   | C1          | -          | -            | 2026-11-20 | no
            qcc      | WAITING   | C1          | 2026-11-01 | -            | 2026-11-20 | no
            qcc      | GONE      | C1          | 2026-11-01 | -            | 2026-11-20 | yes
        """,
        record_link=[
            *(link(record) for record in ("TONIGHT", "TOMORROW", "PUBLISHED", "LEARNED", "GONE")),
            link("WAITING", state="review"),
            link("TONIGHT", customer="C2"),  # another number of the same party
        ],
    )

    found.expect(
        "core.penalty",
        """
        customer_id | decision_key  | decided_on
        C1          | qcc TONIGHT   | 2026-11-20
        C1          | qcc PUBLISHED | 2026-10-01
        C1          | qcc LEARNED   | 2026-11-20
        C2          | qcc TONIGHT   | 2026-11-20
        """,
    )


def test_a_fine_without_a_rate_is_not_none(night):
    """One of two documents in a currency that has a rate is enough; nothing is nothing in any currency."""
    found = night(
        invoice="invoice_id | due_date | amount | currency\nI1 | 2026-11-01 | 10 | CNY",
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7.123",
        penalty="""
            provider | record_id | customer_id | case_no | decided_on | amount | currency
            qcc      | P1        | C1          | GOLD    | 2026-03-01 | 5      | XAU
            qcc      | P2        | C1          | BOTH    | 2026-03-01 | 5      | XAU
            tyc      | P2        | C1          | BOTH    | 2026-03-01 | 0.01   | USD
            qcc      | P3        | C1          | NOTHING | 2026-03-01 | 0      | XAU
        """,
        record_link=[link("P1"), link("P2"), link("P2", provider="tyc"), link("P3")],
    )

    found.expect(
        "core.penalty",
        """
        decision_key | fine_base | is_no_fx
        GOLD         | -         | yes
        BOTH         | 0.07123   | no
        NOTHING      | 0         | no
        """,
    )
    found.expect("indicator.legal", "penalty_cnt_36m | penalty_amount_36m\n3 | -")


def test_an_old_decision_told_again_stays_old(night):
    """A later document that gives no day does not make the decision new."""
    found = night(
        penalty="""
            provider | record_id | customer_id | case_no | decided_on | published_on | known_on
            qcc      | P1        | C1          | 1号     | 2024-03-01 | -            | 2024-04-01
            tyc      | P1        | C1          | 1号     | -          | -            | 2026-11-20
            qcc      | P2        | C1          | 2号     | -          | 2026-02-01   | 2026-02-02
            tyc      | P2        | C1          | 2号     | -          | -            | 2026-11-20
        """,
        record_link=[link(f"P{n}", provider=who) for n in (1, 2) for who in ("qcc", "tyc")],
    )

    found.expect(
        "core.penalty",
        "decision_key | decided_on\n1号 | 2024-03-01\n2号 | 2026-02-01",
    )
