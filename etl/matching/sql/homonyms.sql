-- homonym: names that several companies are known to carry, because several numbers of one kind stand
-- beside them, on either side.

CREATE OR REPLACE TABLE homonym AS
SELECT whole
FROM (
    SELECT DISTINCT whole, split_part(entry, '|', 1) AS kind, entry
    FROM (SELECT whole, unnest(kinded) AS entry FROM variant WHERE whole IS NOT NULL)
)
WHERE kind NOT LIKE 'provider_id%'
GROUP BY whole
HAVING COUNT(*) > COUNT(DISTINCT kind)
