-- What our own books say of our customers, and what people decided: known on the night, not deleted.
-- A number or a name that came with a provider's registration is not ours until that is matched.

CREATE OR REPLACE TABLE customer_given AS
SELECT customer_id, country, regexp_replace(batch, '^[0-9]+-', '') AS list FROM current.customer WHERE NOT is_deleted;

CREATE OR REPLACE TABLE customer_name AS
SELECT customer_id, trim(customer_name) AS name, 'current' AS kind
FROM current.customer WHERE NOT is_deleted AND trim(customer_name) <> ''
UNION ALL
SELECT customer_id, trim(name), kind
FROM current.former_name WHERE NOT is_deleted AND record_id IS NULL AND trim(name) <> '';

CREATE OR REPLACE TABLE customer_number AS
SELECT
    customer_id, scheme AS scheme_given, trim(value) AS value,
    COALESCE(country_of(country), '') AS country, COALESCE(provider, '') AS provider
FROM current.party_identifier
WHERE NOT is_deleted AND record_id IS NULL AND trim(value) <> '';

CREATE OR REPLACE TABLE inquiry_given AS
SELECT provider, product, customer_id, trim(keyword) AS keyword, asked_on, outcome
FROM current.inquiry
WHERE NOT is_deleted AND outcome <> 'failed' AND asked_on <= CAST($as_of AS DATE);

CREATE OR REPLACE TABLE decision_given AS
SELECT record_kind, record_key, customer_id, decision, decided_by, decided_on
FROM current.match_decision
WHERE NOT is_deleted AND decided_on <= CAST($as_of AS DATE);

CREATE OR REPLACE TABLE confirmed_number (customer_id VARCHAR, kinds VARCHAR[])
