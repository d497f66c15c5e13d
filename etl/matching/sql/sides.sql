-- The two sides: `variant` has one row for each name of a customer and one for each outside party.
--
-- Given: customer_given, customer_name, customer_number, mention, mention_name, mention_number,
-- inquiry_given;
-- number_key (what a written number says), name_part (what a name says), confirmed_number (what a
-- register has confirmed).

CREATE OR REPLACE TABLE customer_key AS
SELECT DISTINCT
    given.customer_id, found.key, found.alias, found.kind, found.is_strong
FROM customer_number AS given
JOIN number_key AS found USING (scheme_given, value, country, provider);

-- Who was asked about, and whether by a number that is really this customer's.

CREATE OR REPLACE TABLE asked AS
SELECT
    inquiry.provider, inquiry.product, inquiry.customer_id,
    MAX(own.key) AS key, bool_or(own.key IS NOT NULL) AS by_number,
    MAX(inquiry.asked_on) FILTER (own.key IS NOT NULL) AS asked_on
FROM inquiry_given AS inquiry
LEFT JOIN number_key AS said
    ON said.scheme_given = 'number' AND said.value = inquiry.keyword
    AND said.country = '' AND said.provider = ''
LEFT JOIN customer_key AS own
    ON own.customer_id = inquiry.customer_id AND own.alias = said.alias AND own.is_strong
GROUP BY inquiry.provider, inquiry.product, inquiry.customer_id;

CREATE OR REPLACE TABLE mention_asked AS
SELECT
    mention.record_kind, mention.record_key, mention.asked_customer_id,
    CASE
        WHEN mention.asked_customer_id IS NULL THEN NULL
        WHEN bool_or(asked.by_number) THEN 'number'
        WHEN COUNT(asked.customer_id) > 0 THEN 'name'
        ELSE 'source'
    END AS asked_by,
    MAX(asked.key) AS asked_key
FROM mention
LEFT JOIN asked
    ON asked.provider = mention.provider AND asked.customer_id = mention.asked_customer_id
    AND (asked.product = mention.product OR mention.product IS NULL)
GROUP BY mention.record_kind, mention.record_key, mention.asked_customer_id;

-- A record that is about one company, found by a number, is about the company with that number.

CREATE OR REPLACE TABLE mention_key AS
SELECT DISTINCT given.record_kind, given.record_key, found.key, found.alias, found.kind, found.is_strong
FROM mention_number AS given
JOIN number_key AS found USING (scheme_given, value, country, provider)
UNION
SELECT mention.record_kind, mention.record_key, own.key, own.alias, own.kind, TRUE
FROM mention_asked
JOIN mention USING (record_kind, record_key, asked_customer_id)
JOIN customer_key AS own
    ON own.customer_id = mention_asked.asked_customer_id AND own.key = mention_asked.asked_key
WHERE mention.is_subject AND mention_asked.asked_by = 'number';

-- Many records name the same party in the same words: it is compared once.

CREATE OR REPLACE TABLE mention_party AS
WITH numbered AS (
    SELECT
        record_kind, record_key,
        list(DISTINCT key ORDER BY key) FILTER (is_strong) AS strong,
        list(DISTINCT alias ORDER BY alias) FILTER (alias <> '') AS weak,
        list(DISTINCT kind ORDER BY kind) FILTER (kind <> '') AS schemes,
        list(DISTINCT kind || '|' || key ORDER BY kind || '|' || key) FILTER (kind <> '') AS kinded
    FROM mention_key GROUP BY record_kind, record_key
)
SELECT
    mention.record_kind, mention.record_key, mention.asked_customer_id,
    mention.is_subject, mention_asked.asked_by, mention.party_name, country_of(mention.country) AS country,
    numbered.strong, numbered.weak, numbered.schemes, numbered.kinded, also.names AS other_names,
    DENSE_RANK() OVER (ORDER BY
        mention.party_name, also.names, country_of(mention.country), numbered.strong, numbered.weak,
        CASE WHEN NOT mention.is_subject AND mention_asked.asked_by = 'number'
            THEN mention.asked_customer_id END
    ) AS party_no
FROM mention
JOIN mention_asked
    ON mention_asked.record_kind = mention.record_kind
    AND mention_asked.record_key = mention.record_key
    AND mention_asked.asked_customer_id IS NOT DISTINCT FROM mention.asked_customer_id
LEFT JOIN numbered
    ON numbered.record_kind = mention.record_kind AND numbered.record_key = mention.record_key
LEFT JOIN (
    SELECT record_kind, record_key, list(DISTINCT name ORDER BY name) AS names
    FROM mention_name GROUP BY record_kind, record_key
) AS also
    ON also.record_kind = mention.record_kind AND also.record_key = mention.record_key;

CREATE OR REPLACE TABLE customer_numbers AS
SELECT
    customer_id,
    list(DISTINCT key ORDER BY key) FILTER (is_strong) AS strong,
    list(DISTINCT alias ORDER BY alias) FILTER (alias <> '') AS weak,
    list(DISTINCT kind ORDER BY kind) FILTER (kind <> '') AS schemes,
    list(DISTINCT kind || '|' || key ORDER BY kind || '|' || key) FILTER (kind <> '') AS kinded
FROM customer_key GROUP BY customer_id;

-- One way to write every column on both sides; the customer's side comes first in a pair.

CREATE OR REPLACE TABLE variant AS
WITH named AS (
    SELECT customer_id, name, bool_and(kind <> 'current') AS is_former
    FROM customer_name GROUP BY customer_id, name
),
customers AS (
    SELECT
        'c' AS side, customer_given.customer_id AS owner, named.name,
        COALESCE(named.is_former, FALSE) AS is_former,
        country_of(customer_given.country) AS country,
        strong, weak, schemes, kinded, CAST(NULL AS VARCHAR) AS asked
    FROM customer_given
    LEFT JOIN named USING (customer_id)
    LEFT JOIN customer_numbers USING (customer_id)
),
one_party AS (
    SELECT
        CAST(party_no AS VARCHAR) AS owner, MIN(party_name) AS name, MIN(other_names) AS other_names,
        MIN(country) AS country, MIN(strong) AS strong, MIN(weak) AS weak, MIN(schemes) AS schemes,
        MIN(kinded) AS kinded,
        MIN(CASE WHEN NOT is_subject AND asked_by = 'number' THEN asked_customer_id END) AS asked
    FROM mention_party GROUP BY party_no
),
parties AS (
    SELECT 'p', owner, name, FALSE, country, strong, weak, schemes, kinded, asked FROM one_party
    UNION ALL
    SELECT 'p', owner, other.name, TRUE, country, strong, weak, schemes, kinded, asked
    FROM one_party, unnest(other_names) AS other (name)
    WHERE other.name <> COALESCE(one_party.name, '')
),
sides AS (
    SELECT * FROM customers UNION ALL SELECT * FROM parties
)
SELECT
    side || CAST(ROW_NUMBER() OVER (PARTITION BY side ORDER BY owner, sides.name) AS VARCHAR) AS unique_id,
    side, owner, sides.name, is_former, country, strong, weak, schemes, kinded, asked,
    script, whole, core, brand, form, places, numbers, words, is_full,
    confirmed_number.kinds AS confirmed
FROM sides
LEFT JOIN confirmed_number ON sides.side = 'c' AND confirmed_number.customer_id = sides.owner
LEFT JOIN name_part ON name_part.name = sides.name
