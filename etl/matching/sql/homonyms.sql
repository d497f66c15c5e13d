-- homonym: names that several companies are known to carry, because several numbers of one kind stand
-- beside them, on either side: two codes, or two entries of one register.

CREATE OR REPLACE TABLE homonym AS
SELECT whole
FROM (
    SELECT DISTINCT whole, split_part(entry, '|', 1) AS kind, entry
    FROM (SELECT whole, unnest(kinded) AS entry FROM variant WHERE whole IS NOT NULL)
)
-- A court's number of a party may change from case to case; a register has one for each company.
WHERE kind NOT LIKE 'provider_id %' OR substr(kind, 13) IN (
    SELECT provider FROM mention_all WHERE record_kind = 'registration'
)
GROUP BY whole
HAVING COUNT(*) > COUNT(DISTINCT kind);

-- sister: names without legal form that are seen with several of them: Foo is Foo Inc or Foo LLC.

CREATE OR REPLACE TABLE sister AS
SELECT core FROM variant WHERE form IS NOT NULL GROUP BY core HAVING COUNT(DISTINCT form) > 1
