-- customer_edge: two customers that may be one legal party; state by the thresholds and the rules.

CREATE OR REPLACE TABLE customer_edge AS
WITH decided AS (
    SELECT record_key AS one, customer_id AS two, decision, decided_by, decided_on
    FROM decision_given WHERE record_kind = 'customer'
    UNION ALL
    SELECT customer_id, record_key, decision, decided_by, decided_on
    FROM decision_given WHERE record_kind = 'customer'
),
latest AS (
    SELECT one, two, decision, decided_by
    FROM (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY one, two ORDER BY decided_on DESC, decided_by, decision
        ) AS place
        FROM decided WHERE one < two
    ) WHERE place = 1
),
scored AS (
    SELECT
        COALESCE(compared.customer_id, latest.one) AS one,
        COALESCE(compared.other, latest.two) AS two,
        name_level, number_level, country_level, is_former, agree, differ, is_homonym, is_sister,
        latest.decision, latest.decided_by,
        CAST(CAST(COALESCE(odds, 0) AS DOUBLE) / (1 + CAST(COALESCE(odds, 0) AS DOUBLE)) AS DECIMAL(9, 6)) AS score
    FROM (SELECT * FROM compared WHERE other_side = 'c') AS compared
    FULL JOIN latest ON latest.one = compared.customer_id AND latest.two = compared.other
),
ruled AS (
    SELECT scored.*, list_filter([
        -- Whoever keeps one list and gave two numbers had a reason, or made a mistake: a person knows.
        CASE WHEN here.list = there.list AND number_level IS NULL THEN 'one_list' END,
        CASE WHEN len(differ) > 0 THEN 'other_number' END,
        CASE WHEN number_level IN ('same', 'same_unchecked')
            AND name_level IN ('different', 'words_in_common') THEN 'other_name' END,
        CASE WHEN country_level = 'other' AND COALESCE(number_level, '') <> 'same' THEN 'other_country' END,
        CASE WHEN is_sister AND number_level IS NULL THEN 'sisters' END,
        CASE WHEN is_homonym AND number_level IS NULL THEN 'homonym' END
    ], lambda x: x IS NOT NULL) AS held
    FROM scored
    JOIN customer_given AS here ON here.customer_id = one
    JOIN customer_given AS there ON there.customer_id = two
)
SELECT
    one, two, name_level, number_level, score, agree, differ, held,
    link_method(decision, number_level, FALSE, is_former, name_level) AS method,
    link_evidence(name_level, is_former, agree, differ, country_level, NULL, held, decided_by) AS evidence,
    link_state(decision, score, held, number_level) AS state
FROM ruled
WHERE decision IS NOT NULL OR score >= review_from() OR number_level IN ('same', 'same_unchecked')
