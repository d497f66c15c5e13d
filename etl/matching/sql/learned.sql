-- What the registrations that were matched taught: numbers and names that are the customer's from now
-- on in this night, and which of our numbers a register confirmed.

CREATE OR REPLACE TABLE registered AS
SELECT record_key, customer_id, provider, record_id
FROM record_link WHERE record_kind = 'registration' AND state = 'accepted';

CREATE OR REPLACE TABLE confirmed_number AS
SELECT customer_id, list(DISTINCT kind ORDER BY kind) AS kinds
FROM (
    SELECT registered.customer_id, own.kind
    FROM registered
    JOIN mention_key AS said
        ON said.record_kind = 'registration' AND said.record_key = registered.record_key
    JOIN customer_key AS own ON own.customer_id = registered.customer_id AND own.key = said.key
    WHERE own.is_strong AND own.kind <> ''
)
GROUP BY customer_id;

INSERT INTO customer_number
SELECT DISTINCT registered.customer_id, said.scheme_given, said.value, said.country, said.provider
FROM registered
JOIN mention_number AS said
    ON said.record_kind = 'registration' AND said.record_key = registered.record_key;

INSERT INTO customer_number
SELECT DISTINCT
    registered.customer_id, other.scheme, trim(other.value), COALESCE(country_of(other.country), ''),
    COALESCE(other.provider, '')
FROM registered
JOIN current.party_identifier AS other
    ON other.provider = registered.provider AND other.record_id = registered.record_id
WHERE NOT other.is_deleted AND trim(other.value) <> '';

INSERT INTO customer_name
SELECT DISTINCT registered.customer_id, mention.party_name, 'registered'
FROM registered
JOIN mention ON mention.record_kind = 'registration' AND mention.record_key = registered.record_key
WHERE mention.party_name IS NOT NULL;

INSERT INTO customer_name
SELECT DISTINCT registered.customer_id, mention_name.name, 'registered'
FROM registered
JOIN mention_name
    ON mention_name.record_kind = 'registration' AND mention_name.record_key = registered.record_key
