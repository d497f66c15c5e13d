-- party_industry: which industry is each customer in, and who says so?
--
-- The ledger's own code first, then its words looked up among the names of the industry bands, then what a
-- register says. The book's classification is GB/T 4754; NACE and ISIC write sections the same way, and only
-- what they agree on is told from a code: C and digits is manufacturing, J66..J69 and K64..K66 is finance.
-- A bare number may be any classification: it tells nothing but itself.
--
-- Grain: one row per customer of whom an industry is known. Key: customer_id.
-- Requirements: R0-60, R0-61, R2-08, R3-02; C5, C8.
--
-- Columns
--   customer_id      VARCHAR  the customer
--   industry_code    VARCHAR  in the book's classification; NULL: only words, which no band explains
--   industry_name    VARCHAR  in words; NULL: only a code
--   industry_from    VARCHAR  ledger, ledger_name, register, register_name: where the code comes from; name_only: no code
--   is_manufacturer  BOOLEAN  makes goods; NULL: cannot be told
--   is_financial     BOOLEAN  a bank, an insurer and the like, whose accounts no Z-score reads (C5)

WITH

described AS (
  SELECT
    customer_id,
    NULLIF(UPPER(TRIM(industry_code)), '') AS stated_code,
    NULLIF(TRIM(industry), '') AS stated_name
  FROM current.customer
  WHERE NOT is_deleted
),

accepted AS (
  SELECT record_key, customer_id, score, is_certain
  FROM match.record_link
  WHERE state = 'accepted' AND record_kind = 'registration'
),

registered AS (
  SELECT
    accepted.customer_id,
    NULLIF(UPPER(TRIM(registration.industry_code)), '') AS register_code,
    NULLIF(TRIM(registration.industry), '') AS register_name,
    ROW_NUMBER() OVER (
      PARTITION BY accepted.customer_id
      ORDER BY
        CASE WHEN NULLIF(TRIM(registration.industry_code), '') IS NULL THEN 1 ELSE 0 END,
        registration.known_on DESC, accepted.is_certain DESC, accepted.score DESC,
        accepted.record_key
    ) AS place
  FROM accepted
  JOIN current.registration AS registration
    ON accepted.record_key = registration.provider || '|' || registration.record_id || '|'
      || COALESCE(registration.customer_id, '')
  WHERE NOT registration.is_deleted
    AND (NULLIF(TRIM(registration.industry_code), '') IS NOT NULL
      OR NULLIF(TRIM(registration.industry), '') IS NOT NULL)
),

-- One code a name: the latest list that has it.
listed AS (
  SELECT
    TRIM(industry_name) AS name,
    UPPER(TRIM(industry_code)) AS code,
    ROW_NUMBER() OVER (
      PARTITION BY TRIM(industry_name)
      ORDER BY stated_on DESC, provider, industry_code
    ) AS place
  FROM current.industry_band
  WHERE NOT is_deleted AND stated_on <= CAST(:as_of AS DATE) AND industry_name IS NOT NULL
),

known AS (
  SELECT
    COALESCE(described.customer_id, registered.customer_id) AS customer_id,
    described.stated_code,
    by_name.code AS stated_name_code,
    registered.register_code,
    by_register.code AS register_name_code,
    COALESCE(described.stated_name, registered.register_name) AS industry_name
  FROM described
  FULL JOIN registered
    ON registered.customer_id = described.customer_id AND registered.place = 1
  LEFT JOIN listed AS by_name ON by_name.name = described.stated_name AND by_name.place = 1
  LEFT JOIN listed AS by_register
    ON by_register.name = registered.register_name AND by_register.place = 1
  WHERE described.customer_id IS NOT NULL OR registered.place = 1
),

coded AS (
  SELECT
    customer_id,
    COALESCE(stated_code, stated_name_code, register_code, register_name_code) AS industry_code,
    industry_name,
    LOWER(COALESCE(industry_name, '')) AS words,
    CASE
      WHEN stated_code IS NOT NULL THEN 'ledger'
      WHEN stated_name_code IS NOT NULL THEN 'ledger_name'
      WHEN register_code IS NOT NULL THEN 'register'
      WHEN register_name_code IS NOT NULL THEN 'register_name'
      ELSE 'name_only'
    END AS industry_from
  FROM known
),

sectioned AS (
  SELECT
    coded.*,
    CASE
      WHEN SUBSTR(industry_code, 1, 1) BETWEEN 'A' AND 'Z'
        AND (LENGTH(industry_code) = 1 OR SUBSTR(industry_code, 2, 1) BETWEEN '0' AND '9')
        THEN SUBSTR(industry_code, 1, 1)
    END AS section
  FROM coded
)

SELECT
  customer_id,
  industry_code,
  industry_name,
  industry_from,
  CASE
    WHEN section IS NOT NULL THEN section = 'C'
    WHEN words LIKE '%制造%' OR words LIKE '%manufactur%' THEN TRUE
  END AS is_manufacturer,
  (COALESCE(section, '') IN ('J', 'K')
    AND SUBSTR(industry_code, 1, 3) IN ('J66', 'J67', 'J68', 'J69', 'K64', 'K65', 'K66'))
  OR words LIKE '%银行%' OR words LIKE '%保险%' OR words LIKE '%证券%' OR words LIKE '%信托%'
  OR words LIKE '%金融%' OR words LIKE 'bank%' OR words LIKE '% bank%'
  OR words LIKE '%insurance%' OR words LIKE '%financial service%' AS is_financial
FROM sectioned
WHERE industry_code IS NOT NULL OR industry_name IS NOT NULL
ORDER BY customer_id
