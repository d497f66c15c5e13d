"""mart.feed_state, mart.score_model and mart.run_stage: what a night ran on, and how far it came."""

from tests.sql.graded import TINY

FEEDS = (
    {"feed": "crm", "state": "loaded", "batch": "000002-crm", "known_on": "2026-11-18"},
    {"feed": "bureau", "state": "held", "sentence": "The file is cut off."},
)
LEDGER = {
    "customer": "customer_id\nPAYS\nNEVER_BILLED",
    "invoice": """
        invoice_id | customer_id | due_date   | amount
        BILL       | PAYS        | 2026-10-01 | 300
    """,
}


def test_feeds_say_how_old_they_are(night):
    night(feeds=FEEDS).expect(
        "mart.feed_state",
        """
        feed   | state  | is_held | last_refresh_date | source_freshness_days | sentence
        crm    | loaded | no      | 2026-11-18        | 2                     | -
        bureau | held   | yes     | -                 | -                     | The file is cut off.
        """,
    )


def test_a_book_without_feeds_has_none(night):
    assert night().rows("mart.feed_state") == []


def test_weights_learnt_from_outcomes_are_a_model_of_their_own(night):
    """`machine` in the tree of scores; `whole` has three indicators, this one two."""
    learnt = {"title": {"zh": "学", "en": "Learnt"}, "weights": {"cei": 3, "paydex_like": 1}}
    found = night(changes={"scorecard": {**TINY, "tree": {**TINY["tree"], "machine": learnt}}})
    found.expect(
        "mart.score_model",
        """
        model     | is_champion | method_code | model_id | a_from | indicator_cnt
        letters   | yes         | rule        | -        | -      | -
        scorecard | yes         | stat        | tiny     | 80     | 3
        experts   | yes         | expert      | -        | -      | -
        machine   | yes         | ml          | tiny     | 80     | 2
        """,
        policy_id="article",
    )


def test_every_policy_has_three_models(night):
    night().expect(
        "mart.score_model",
        """
        policy_id | model     | is_champion | method_code | model_id | a_from | min_coverage
        article   | letters   | yes         | rule        | -        | -      | -
        article   | scorecard | yes         | stat        | standard | 80     | 0.4
        article   | experts   | yes         | expert      | -        | -      | -
        balanced  | letters   | no          | rule        | -        | -      | -
        balanced  | scorecard | no          | stat        | standard | 80     | 0.4
        balanced  | experts   | no          | expert      | -        | -      | -
        """,
    )


def test_what_a_stage_did_without_is_counted(night):
    night(feeds=FEEDS, **LEDGER).expect(
        "mart.run_stage",
        """
        stage_no | stage       | state  | done_cnt | gap_cnt
        1        | preparation | partly | 1        | 1        # the bureau is held
        2        | method      | done   | 2        | 0
        3        | analysis    | partly | 1        | 1        # nothing is due from NEVER_BILLED
        4        | grading     | partly | 1        | 1
        5        | report      | done   | 2        | 0
        """,
    )
