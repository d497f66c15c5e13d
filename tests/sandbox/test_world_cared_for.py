"""A book that somebody looks after: customers are called, limits are granted, surveys are renewed."""

from datetime import timedelta

from sandbox.world.reader import World
from tests.sandbox.made_world import CUSTOMERS, UNTIL, one, world

__all__ = ["world"]

TONIGHT = f"DATE '{UNTIL}'"
LATE_LATELY = f"""
    SELECT DISTINCT i.system, i.customer_id FROM invoice i JOIN payment p USING (system, invoice_id)
    WHERE i.due_date BETWEEN {TONIGHT} - 300 AND {TONIGHT} - 60
      AND p.payment_date > i.due_date + 8
"""
IN_TOUCH = f"""
    WITH late AS ({LATE_LATELY}),
    gap AS (
        SELECT c.system, c.customer_id, date_diff('day', max(a.contact_date), {TONIGHT}) AS days
        FROM customer c LEFT JOIN contact_activity a
          ON a.system = c.system AND a.customer_id = c.customer_id AND a.contact_date <= {TONIGHT}
        WHERE c.superseded_at IS NULL GROUP BY ALL)
"""


def test_most_are_called_every_other_month_and_who_paid_late_more_often(world: World) -> None:
    year = f"contact_date BETWEEN {TONIGHT} - 364 AND {TONIGHT}"
    mean = one(world, f"SELECT count(*) FROM contact_activity WHERE {year}") / CUSTOMERS
    quiet = one(world, IN_TOUCH + "SELECT avg((coalesce(days, 9999) > 90)::INT) FROM gap")
    late = one(
        world, IN_TOUCH + "SELECT median(days) FROM gap SEMI JOIN late USING (system, customer_id)"
    )
    prompt = one(
        world, IN_TOUCH + "SELECT median(days) FROM gap ANTI JOIN late USING (system, customer_id)"
    )

    assert 9 < mean < 18
    assert 0.02 < quiet < 0.12, "some are lost sight of, a few"
    assert late < 12
    assert prompt > 1.5 * late


def test_nobody_is_called_before_it_is_a_customer_or_at_the_weekend(world: World) -> None:
    early = one(
        world,
        """
        SELECT count(*) FROM contact_activity a JOIN customer c USING (system, customer_id)
        WHERE c.superseded_at IS NULL AND a.contact_date < c.customer_since
        """,
    )

    assert early == 0
    assert one(world, "SELECT count(*) FROM contact_activity WHERE isodow(contact_date) > 5") == 0


def test_a_complaint_follows_the_order_it_is_about(world: World) -> None:
    named = "FROM service_case s JOIN sales_order o USING (system, order_id)"

    assert one(world, f"SELECT count(*) {named}") > 0
    assert one(world, f"SELECT count(*) {named} WHERE s.opened_on <= o.order_date") == 0


def test_most_who_buy_have_a_limit_of_their_own_that_leaves_room(world: World) -> None:
    in_force = f"""
        WITH granted AS (
            SELECT system, customer_id, arg_max(limit_amount, decided_on) AS amount
            FROM limit_decision WHERE decided_on <= {TONIGHT} AND kind = 'approved' GROUP BY ALL),
        ordered AS (
            SELECT system, customer_id, sum(amount) * 90 / 365 AS quarter FROM sales_order
            WHERE superseded_at IS NULL AND order_date BETWEEN {TONIGHT} - 364 AND {TONIGHT}
            GROUP BY ALL)
    """
    without = one(
        world,
        in_force + "SELECT avg((amount IS NULL)::INT) FROM ordered LEFT JOIN granted "
        "USING (system, customer_id)",
    )
    tight = one(
        world,
        in_force + "SELECT avg((amount < quarter)::INT) FROM ordered JOIN granted "
        "USING (system, customer_id)",
    )

    assert 0 < without < 0.12
    assert 0 < tight < 0.25


def test_who_stops_paying_is_granted_nothing_more(world: World) -> None:
    after = """
        FROM limit_decision l JOIN truth_customer USING (system, customer_id)
        JOIN truth_default d USING (party_no) WHERE l.decided_on > d.default_date
    """

    assert one(world, f"SELECT count(*) {after}") > 0
    assert one(world, f"SELECT max(limit_amount) {after}") == 0


def test_a_limit_is_approved_by_somebody_else_but_for_a_few(world: World) -> None:
    granted = "FROM limit_decision WHERE kind = 'approved'"
    void = one(
        world,
        f"SELECT avg((approver IS NULL OR approver = author)::INT) {granted}",
    )

    assert 0 < void < 0.05
    assert one(world, "SELECT count(*) FROM limit_decision WHERE kind = 'requested'") > 0
    assert (
        one(
            world,
            "SELECT count(*) FROM limit_decision WHERE kind = 'temporary' AND valid_until IS NULL",
        )
        == 0
    )


def test_a_survey_is_made_again_within_a_year_for_most(world: World) -> None:
    year_ago = UNTIL - timedelta(days=365)
    fresh = one(
        world,
        f"""
        SELECT avg((newest >= DATE '{year_ago}')::INT) FROM (
            SELECT party_no, max(surveyed_on) AS newest FROM reputation
            WHERE surveyed_on <= {TONIGHT} GROUP BY 1)
        """,
    )

    assert 0.8 < fresh < 1
