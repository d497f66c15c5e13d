-- name_part: one row for each name, in the parts in which names are compared.
--
--   name      as given
--   script    han or latin
--   whole     letters and digits alone, words and legal forms in one spelling
--   core      whole without the legal form
--   brand     core without the places it names
--   form      legal form; NULL: none, or cut off
--   places    places it names, sorted
--   numbers   digits and counting words, which tell sisters apart (Fund II is not Fund III)
--   words     words of the brand; of a Chinese name, its pairs of characters
--   is_full   long enough to be nobody else's: 地名 + 字号 + 行业, or two words of ten letters, eight of
--             them in words that are not every company's (system, trading, group)

-- {han_places} stands for the places of data/places.csv: an engine compiles a written pattern once, and
-- one that comes out of a table for every row.

CREATE OR REPLACE TABLE vocabulary AS
SELECT
    map_from_entries(list(row(word, canonical))) AS spelling,
    COALESCE((SELECT list(word) FROM ignored_word), []) AS ignored,
    list(DISTINCT canonical ORDER BY canonical) FILTER (WHERE kind = 'form') AS forms,
    list(DISTINCT canonical ORDER BY canonical) FILTER (WHERE kind = 'word') AS everyday
FROM word;

CREATE OR REPLACE TABLE place_list AS
SELECT list(place ORDER BY place) FILTER (WHERE level = 'latin') AS latin FROM place;

CREATE OR REPLACE TABLE name_clean AS
SELECT
    name,
    regexp_matches(normal, '[\p{Han}]') AS is_han,
    trim(regexp_replace(lower(strip_accents(regexp_replace(
        replace(replace(replace(normal, '【', '('), '】', ')'), '〔', '('), '[\p{C}]', '', 'g'
    ))), '\s+', ' ', 'g')) AS clean
FROM name_normal;

-- Chinese (and Japanese) names: no words, the form at the end (or in front), the place in front or in
-- brackets. A form that was cut off (…有限公) is a form nobody knows.

CREATE OR REPLACE TABLE name_han AS
WITH lettered AS (
    SELECT
        name,
        regexp_extract(clean, '\(([^()]*)\)', 1) AS bracket,
        regexp_replace(
            regexp_replace(clean, '[^\p{L}\p{N}]+', '', 'g'), '有限责任公司', '有限公司', 'g'
        ) AS whole
    FROM name_clean WHERE is_han
),
formed AS (
    SELECT
        name, bracket, whole,
        regexp_extract(whole, '(分公司|股份有限公司|有限公司|股份公司|公司|厂|株式会社|有限会社|合同会社|有限合伙|普通合伙)$', 1) AS tail,
        regexp_extract(whole, '^(株式会社|有限会社|合同会社)', 1) AS head
    FROM lettered
),
cored AS (
    SELECT
        name, bracket, whole,
        -- 公司 alone is what people write for any of them.
        NULLIF(NULLIF(CASE WHEN tail <> '' THEN tail ELSE head END, ''), '公司') AS form,
        CASE
            WHEN tail <> '' AND length(whole) > length(tail) THEN left(whole, length(whole) - length(tail))
            WHEN head <> '' THEN substr(whole, length(head) + 1)
            ELSE regexp_replace(whole, '(股份有限公?|有限责任公?|有限责任?|有限公?|股份有?)$', '')
        END AS core
    FROM formed
),
placed AS (
    SELECT
        name, whole, core, form,
        CASE WHEN regexp_full_match(bracket, '({han_places})[省市县区]?') THEN bracket ELSE '' END AS inside,
        regexp_extract(core, '^((?:(?:{han_places})(?:省|市|县|区|自治区|特别行政区)?)+)', 1) AS front
    FROM cored
)
SELECT
    name, whole, core, form,
    CASE
        WHEN length(unplaced) >= 2 THEN unplaced
        ELSE core
    END AS brand,
    list_sort(list_distinct(regexp_extract_all(front || inside, '{han_places}'))) AS places
FROM (
    SELECT *, replace(substr(core, length(front) + 1), inside, '') AS unplaced FROM placed
);

-- Latin names: words. Dots and apostrophes join (L.L.C., Macy's), everything else parts.

CREATE OR REPLACE TABLE name_latin AS
WITH worded AS (
    SELECT
        name,
        list_filter(
            string_split(trim(regexp_replace(
                replace(replace(replace(replace(replace(replace(
                    regexp_replace(regexp_replace(
                        -- (SA) in brackets is a place, not a legal form.
                        regexp_replace(clean, ',?\s+et\s+al\.?,?$', ''),
                        '\(\s*(sa|as|ag|se|ab|na|bv|nv|sp)\s*\)', ' in\1 ', 'g'
                    ), '[.''’`´]', '', 'g'),
                    '&', ' and '), '+', ' and '),
                    'national association', 'na'), 'limited liability company', 'llc'),
                    'public limited company', 'plc'), 'limited partnership', 'lp'),
                '[^\p{L}\p{N}]+', ' ', 'g'
            )), ' '),
            lambda w: w <> '' AND w <> 'and' AND NOT list_contains(ignored, w)
        ) AS raw
    FROM name_clean, vocabulary WHERE NOT is_han
),
spelled AS (
    SELECT
        name,
        list_transform(
            CASE WHEN len(raw) > 1 AND raw[1] = 'the' THEN raw[2:] ELSE raw END,
            lambda w: COALESCE(spelling[w], w)
        ) AS words,
        forms
    FROM worded, vocabulary
),
formed AS (
    SELECT
        name, words,
        -- How many words at the end are legal forms; the first word is the name whatever it is.
        len(words) - COALESCE(list_max(list_filter(
            range(1, len(words) + 1), lambda i: i = 1 OR NOT list_contains(forms, words[i])
        )), 0) AS tail
    FROM spelled
),
cored AS (
    SELECT
        name, words, words[:len(words) - tail] AS core_words,
        -- Co., Ltd. is Ltd.: "co" says nothing where another form stands.
        NULLIF(array_to_string(
            CASE
                WHEN tail > 1 THEN list_filter(words[len(words) - tail + 1:], lambda w: w <> 'co')
                ELSE words[len(words) - tail + 1:]
            END, ' '), '') AS form
    FROM formed
),
placed AS (
    SELECT
        name, words, core_words, form,
        CASE
            WHEN len(core_words) > 2
                AND list_contains(latin, core_words[-2] || ' ' || core_words[-1]) THEN 2
            WHEN len(core_words) > 1 AND list_contains(latin, core_words[-1]) THEN 1
            ELSE 0
        END AS place_words
    FROM cored, place_list
)
SELECT
    name,
    array_to_string(core_words, '') || COALESCE(replace(form, ' ', ''), '') AS whole,
    array_to_string(core_words, '') AS core,
    form,
    core_words[:len(core_words) - place_words] AS brand_words,
    CASE
        WHEN place_words = 0 THEN []
        ELSE [array_to_string(core_words[len(core_words) - place_words + 1:], ' ')]
    END AS places
FROM placed;

CREATE OR REPLACE TABLE name_part AS
SELECT
    name, 'han' AS script, whole, core, brand, form, places,
    regexp_extract_all(core, '[0-9]+|[一二三四五六七八九十]+') AS numbers,
    list_sort(list_distinct(list_transform(range(1, length(brand)), lambda i: substr(brand, i, 2)))) AS words,
    length(core) >= 6 AS is_full
FROM name_han WHERE core <> ''
UNION ALL
SELECT
    name, 'latin', whole, core, array_to_string(brand_words, ''), form, places,
    list_sort(list_filter(brand_words, lambda w: regexp_matches(w, '[0-9]|^(i|ii|iii|iv|v|vi|vii|viii|ix|x)$'))),
    list_sort(list_distinct(brand_words)),
    length(core) >= 10 AND len(brand_words) >= 2
        AND length(array_to_string(list_filter(brand_words, lambda w: NOT list_contains(everyday, w)), '')) >= 8
FROM name_latin, vocabulary WHERE core <> ''
