-- contradiction: customers whose legal party, as it stands, would have two numbers of one kind.

CREATE OR REPLACE TABLE contradiction AS
WITH torn AS (
    SELECT legal_party.party_id
    FROM legal_party
    JOIN customer_key USING (customer_id)
    WHERE customer_key.kind IN ('uscc', 'lei')
    GROUP BY legal_party.party_id, customer_key.kind
    HAVING COUNT(DISTINCT customer_key.key) > 1
)
SELECT customer_id FROM legal_party WHERE party_id IN (SELECT party_id FROM torn)
