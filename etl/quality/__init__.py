"""Is what arrived, and what we made of it, fit to grade a customer with? (design §5)

    rule.py          one rule, and the rules of one relation
    contract.py      the rules that an entity's contract already states
    suite.py         those, and the ones of expectations/*.yaml
    runner.py        runs suites with Great Expectations and says passed, warned, failed or broken
    library.py       sets Great Expectations up, once, and lends it a connection
    dialect.py       lets Great Expectations read from our own DuckDB connection
    arrival.py       one batch: what may enter history, what goes to quarantine, what holds the feed
    staging.py       the batch's rows in the database while they are judged
    conservation.py  received = loaded + duplicate + quarantined + held

Importing Great Expectations takes seconds: `runner` and `arrival` are imported where they are used.
"""
