-- record_link: for each outside record the customers it may be about, and what is to be done.

CREATE OR REPLACE TABLE candidate AS
WITH latest AS (
    SELECT record_kind, record_key, customer_id, decision, decided_by
    FROM (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY record_kind, record_key, customer_id
            ORDER BY decided_on DESC, decided_by, decision
        ) AS place
        FROM decision_given WHERE record_kind <> 'customer'
    ) WHERE place = 1
),
found AS (
    SELECT
        mention.record_kind, mention.record_key, compared.customer_id,
        MAX_BY(
            {
                'odds': CAST(compared.odds * CASE
                    -- Our own file says whose it is: as good as a checked number, and as wrong at times.
                    WHEN is_own AND mention.asked_by = 'source' AND mention.is_subject THEN 1000000000
                    ELSE 1
                END AS DECIMAL(38, 12)),
                'name_level': name_level, 'number_level': number_level, 'country_level': country_level,
                'is_former': is_former, 'agree': agree, 'differ': differ, 'is_homonym': is_homonym, 'is_sister': is_sister,
                'is_asked': is_asked
            },
            (compared.odds, party_no)
        ) AS best,
        -- How this customer itself was asked about, when it was.
        MAX(CASE WHEN is_own THEN mention.asked_by END) AS asked_by,
        bool_or(mention.asked_by = 'source' AND mention.is_subject) AS is_stated,
        bool_or(mention.is_subject) AS is_subject,
        bool_and(mention.party_name IS NULL AND mention.strong IS NULL AND mention.weak IS NULL) AS is_nameless
    FROM (SELECT * FROM mention_party) AS mention
    JOIN (SELECT * FROM compared WHERE other_side = 'p') AS compared
        ON compared.other = CAST(mention.party_no AS VARCHAR)
    CROSS JOIN LATERAL (SELECT mention.asked_customer_id IS NOT DISTINCT FROM compared.customer_id AS is_own)
    GROUP BY mention.record_kind, mention.record_key, compared.customer_id
),
known AS (
    SELECT
        record_kind, record_key, provider, record_id, role, needs_number,
        MAX(product) AS product, MAX(known_on) AS known_on
    FROM mention GROUP BY record_kind, record_key, provider, record_id, role, needs_number
),
-- A provider that was asked for such records by this customer's number, after it had sent this one, and
-- kept silent of it.
answered AS (
    SELECT provider, product, customer_id, asked_on FROM asked WHERE by_number
    UNION ALL
    SELECT provider, '', customer_id, MAX(asked_on)
    FROM asked WHERE by_number GROUP BY provider, customer_id
),
all_pairs AS (
    SELECT
        COALESCE(found.record_kind, latest.record_kind) AS record_kind,
        COALESCE(found.record_key, latest.record_key) AS record_key,
        COALESCE(found.customer_id, latest.customer_id) AS customer_id,
        found.* EXCLUDE (record_kind, record_key, customer_id),
        latest.decision, latest.decided_by
    FROM found
    FULL JOIN latest
        ON latest.record_kind = found.record_kind AND latest.record_key = found.record_key
        AND latest.customer_id = found.customer_id
)
SELECT
    known.provider, known.record_id, known.role, known.needs_number, legal_party.party_id,
    all_pairs.asked_by IS NULL AND COALESCE(answered.asked_on >= known.known_on, FALSE) AS is_unanswered,
    all_pairs.* EXCLUDE (best), COALESCE(best.odds, 0) AS odds,
    best.name_level, best.number_level, best.country_level, best.is_former, best.agree, best.differ,
    best.is_homonym, best.is_sister, best.is_asked
FROM all_pairs
JOIN known USING (record_kind, record_key)
JOIN legal_party USING (customer_id)
LEFT JOIN answered
    ON answered.provider = known.provider AND answered.product = COALESCE(known.product, '')
    AND answered.customer_id = all_pairs.customer_id;

-- At most one legal party is meant: candidates share the belief between them, and with nobody.

CREATE OR REPLACE TABLE judged AS
WITH rivals AS (
    SELECT record_kind, record_key, SUM(odds) AS odds
    FROM (
        SELECT record_kind, record_key, party_id, MAX(odds) AS odds
        FROM candidate GROUP BY record_kind, record_key, party_id
    )
    GROUP BY record_kind, record_key
),
own AS (
    SELECT record_kind, record_key, party_id, MAX(odds) AS odds
    FROM candidate GROUP BY record_kind, record_key, party_id
),
scored AS (
    SELECT
        candidate.*,
        CASE
            -- Nothing but the question speaks for it.
            WHEN is_nameless AND asked_by = 'name' THEN CAST(0.5 AS DECIMAL(9, 6))
            ELSE CAST(
                CAST(candidate.odds AS DOUBLE)
                / (1 + CAST(rivals.odds - own.odds + candidate.odds AS DOUBLE)) AS DECIMAL(9, 6)
            )
        END AS score
    FROM candidate
    JOIN rivals USING (record_kind, record_key)
    JOIN own USING (record_kind, record_key, party_id)
),
ruled AS (
    SELECT *, list_filter([
        CASE WHEN len(differ) > 0 THEN 'other_number' END,
        CASE
            WHEN number_level IN ('same', 'same_unchecked')
                AND name_level IN ('different', 'words_in_common') THEN 'other_name'
            WHEN asked_by = 'source' AND name_level = 'different' THEN 'other_name'
        END,
        CASE WHEN country_level = 'other' AND COALESCE(number_level, '') <> 'same' THEN 'other_country' END,
        CASE WHEN is_unanswered AND COALESCE(number_level, '') <> 'same' THEN 'not_in_its_answer' END,
        CASE WHEN is_sister AND number_level IS NULL AND NOT is_asked
            AND COALESCE(asked_by, '') <> 'source' THEN 'sisters' END,
        CASE WHEN is_homonym AND number_level IS NULL AND NOT is_asked
            AND COALESCE(asked_by, '') <> 'source' THEN 'homonym' END,
        CASE WHEN needs_number AND COALESCE(number_level, '') <> 'same' AND NOT is_asked
            AND COALESCE(asked_by, '') <> 'source' THEN 'name_only' END,
        CASE WHEN is_stated AND COALESCE(asked_by, '') <> 'source' THEN 'stated_of_another' END
    ], lambda x: x IS NOT NULL) AS held
    FROM scored
),
stated AS (
    SELECT
        *,
        link_state(decision, score, held, number_level) AS state
    FROM ruled
),
-- Asked by a number of ours, and no party is called like the customer: is it really our number?
unnamed AS (
    SELECT record_kind, record_key, customer_id
    FROM (
        SELECT
            *,
            bool_or(state <> 'rejected' OR decision IS NOT NULL)
                OVER (PARTITION BY record_kind, provider, record_id, customer_id) AS is_named,
            ROW_NUMBER() OVER (
                PARTITION BY record_kind, provider, record_id, customer_id
                ORDER BY odds DESC, record_key
            ) AS place
        FROM stated WHERE asked_by = 'number' AND NOT is_subject
    ) WHERE place = 1 AND NOT is_named
)
SELECT
    stated.* EXCLUDE (state, held),
    CASE WHEN unnamed.customer_id IS NULL THEN state ELSE 'review' END AS state,
    CASE WHEN unnamed.customer_id IS NULL THEN held ELSE list_append(held, 'nobody_of_that_name') END AS held
FROM stated
LEFT JOIN unnamed
    ON unnamed.record_kind = stated.record_kind AND unnamed.record_key = stated.record_key
    AND unnamed.customer_id = stated.customer_id;

CREATE OR REPLACE TABLE record_link AS
WITH kept AS (
    SELECT
        record_kind, record_key, customer_id, provider, record_id, role, party_id,
        CASE
            WHEN decision IS NULL AND COALESCE(asked_by, '') = 'source' AND is_subject THEN 'stated'
            ELSE link_method(decision, number_level, is_asked, is_former, name_level)
        END AS method,
        score,
        link_evidence(name_level, is_former, agree, differ, country_level, asked_by, held, decided_by) AS evidence,
        state,
        COALESCE(decision = 'link' OR number_level = 'same' OR is_asked
            OR (asked_by = 'source' AND is_subject), FALSE) AS is_certain,
        decision
    FROM judged
    WHERE state <> 'rejected' OR decision IS NOT NULL OR number_level IN ('same', 'same_unchecked')
        OR (number_level = 'other_confirmed' AND name_level LIKE 'same%')
        OR (name_level LIKE 'same%' AND score >= CAST(0.01 AS DECIMAL(9, 6)))
),
-- What is about one customer is about its other numbers as well.
siblings AS (
    SELECT
        kept.record_kind, kept.record_key, sibling.customer_id, kept.provider, kept.record_id, kept.role,
        kept.score, kept.customer_id AS through, kept.is_certain,
        ROW_NUMBER() OVER (
            PARTITION BY kept.record_kind, kept.record_key, sibling.customer_id
            ORDER BY kept.is_certain DESC, kept.score DESC, kept.customer_id
        ) AS place
    FROM kept
    JOIN legal_party AS sibling ON sibling.party_id = kept.party_id AND sibling.customer_id <> kept.customer_id
    WHERE kept.state = 'accepted'
)
SELECT
    COALESCE(kept.record_kind, sibling.record_kind) AS record_kind,
    COALESCE(kept.record_key, sibling.record_key) AS record_key,
    COALESCE(kept.customer_id, sibling.customer_id) AS customer_id,
    COALESCE(kept.provider, sibling.provider) AS provider,
    COALESCE(kept.record_id, sibling.record_id) AS record_id,
    COALESCE(kept.role, sibling.role) AS role_of_customer,
    CASE WHEN is_sibling THEN 'same_party' ELSE kept.method END AS method,
    CASE WHEN is_sibling THEN sibling.score ELSE kept.score END AS score,
    CASE WHEN is_sibling THEN 'same party as ' || sibling.through ELSE kept.evidence END AS evidence,
    CASE WHEN is_sibling THEN 'accepted' ELSE kept.state END AS state,
    CASE WHEN is_sibling THEN sibling.is_certain ELSE kept.is_certain AND kept.state = 'accepted' END AS is_certain
FROM kept
FULL JOIN (SELECT * FROM siblings WHERE place = 1) AS sibling
    ON sibling.record_kind = kept.record_kind AND sibling.record_key = kept.record_key
    AND sibling.customer_id = kept.customer_id
CROSS JOIN LATERAL (
    SELECT sibling.customer_id IS NOT NULL
        AND (kept.customer_id IS NULL OR (kept.state <> 'accepted' AND kept.decision IS NULL)) AS is_sibling
)
