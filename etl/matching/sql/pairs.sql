-- pair: which two rows of `variant` are worth comparing.
--
-- They share a number, a name or the beginning of one, a word, or the inquiry. A key that too many
-- share says too little: it makes no pairs (the number of pairs grows with the rows, not with their square).
-- A pair that only shares common words is therefore never looked at; it could not reach a review.

CREATE OR REPLACE TABLE block_key AS
SELECT unique_id, side, owner, 'number ' || key AS key, 20000 AS most
FROM (SELECT unique_id, side, owner, unnest(list_concat(COALESCE(strong, []), COALESCE(weak, []))) AS key FROM variant)
UNION
SELECT unique_id, side, owner, 'core ' || core, 20000 FROM variant WHERE core IS NOT NULL
UNION
SELECT unique_id, side, owner, 'brand ' || brand, 400 FROM variant WHERE length(brand) > 2
UNION
SELECT unique_id, side, owner, 'start ' || left(core, CASE WHEN script = 'han' THEN 6 ELSE 10 END), 400
FROM variant WHERE length(core) >= 6
UNION
SELECT unique_id, side, owner, 'word ' || word, 100
FROM (
    SELECT unique_id, side, owner, script, unnest(words) AS word FROM variant WHERE is_full
) WHERE length(word) >= CASE WHEN script = 'han' THEN 2 ELSE 4 END;

CREATE OR REPLACE TABLE block_size AS
SELECT
    key,
    COUNT(*) FILTER (side = 'c') * COUNT(*) FILTER (side = 'p') <= MIN(most) AS is_outside,
    COUNT(*) FILTER (side = 'c') * (COUNT(*) FILTER (side = 'c') - 1) / 2 <= MIN(most) AS is_inside
FROM block_key GROUP BY key;

CREATE OR REPLACE TABLE pair AS
WITH keyed AS (
    SELECT block_key.*, is_outside, is_inside FROM block_key JOIN block_size USING (key)
)
SELECT left_side.unique_id AS join_key_l, right_side.unique_id AS join_key_r, '0' AS match_key
FROM keyed AS left_side
JOIN keyed AS right_side USING (key)
WHERE left_side.side = 'c' AND right_side.side = 'p' AND left_side.is_outside
UNION
SELECT left_side.unique_id, right_side.unique_id, '0'
FROM keyed AS left_side
JOIN keyed AS right_side USING (key)
WHERE left_side.side = 'c' AND right_side.side = 'c' AND left_side.is_inside
    AND left_side.owner < right_side.owner
UNION
SELECT customer.unique_id, party.unique_id, '0'
FROM (SELECT DISTINCT CAST(party_no AS VARCHAR) AS owner, asked_customer_id FROM mention_party) AS asked
JOIN variant AS party ON party.side = 'p' AND party.owner = asked.owner
JOIN variant AS customer ON customer.side = 'c' AND customer.owner = asked.asked_customer_id
