-- compared: the best reason for each customer and each party (or second customer), in words.
--
-- Given: prediction (Splink's answer), model_level (which weight is which level).

CREATE OR REPLACE TABLE compared AS
WITH told AS (
    SELECT
        unique_id_l, unique_id_r, match_weight,
        about_name.level AS name_level,
        about_number.level AS number_level,
        about_country.level AS country_level,
        mw_asked > 0 AS is_asked
    FROM prediction
    LEFT JOIN model_level AS about_name
        ON about_name.about = 'name' AND about_name.weight = CAST(mw_name AS DECIMAL(9, 4))
    LEFT JOIN model_level AS about_number
        ON about_number.about = 'number' AND about_number.weight = CAST(mw_number AS DECIMAL(9, 4))
    LEFT JOIN model_level AS about_country
        ON about_country.about = 'country' AND about_country.weight = CAST(mw_country AS DECIMAL(9, 4))
),
ranked AS (
    SELECT
        customer.owner AS customer_id, other.side AS other_side, other.owner AS other,
        customer.name AS customer_name, customer.is_former OR other.is_former AS is_former,
        other.name AS other_name, customer.whole AS customer_whole, customer.core AS customer_core,
        told.match_weight, told.name_level, told.number_level, told.country_level, told.is_asked,
        -- The organisation code is a part of the 统一社会信用代码: where that one speaks, it is no second witness.
        list_transform(
            list_intersect(COALESCE(customer.kinded, []), COALESCE(other.kinded, [])),
            lambda k: split_part(k, '|', 1)
        ) AS agree,
        list_intersect(COALESCE(customer.schemes, []), COALESCE(other.schemes, [])) AS shared,
        ROW_NUMBER() OVER (
            PARTITION BY customer.owner, other.side, other.owner
            ORDER BY told.match_weight DESC, customer.is_former, other.is_former,
                customer.unique_id, other.unique_id
        ) AS place
    FROM told
    JOIN variant AS customer ON customer.unique_id = told.unique_id_l
    JOIN variant AS other ON other.unique_id = told.unique_id_r
)
SELECT
    customer_id, other_side, other, customer_name, other_name, is_former,
    CAST(LEAST(power(2, match_weight), 1e15) AS DECIMAL(38, 12)) AS odds,
    name_level, number_level, country_level, is_asked,
    list_filter(agree_list, lambda k: k <> 'organisation_code' OR NOT list_contains(agree_list, 'uscc')) AS agree,
    list_sort(list_filter(shared, lambda k: NOT list_contains(agree_list, k)
        AND (k <> 'organisation_code' OR NOT list_contains(shared, 'uscc')))) AS differ,
    homonym.whole IS NOT NULL AS is_homonym,
    sister.core IS NOT NULL AND name_level = 'same_but_form_unstated' AS is_sister
FROM (
    SELECT *, list_sort(list_distinct(agree)) AS agree_list
    FROM ranked WHERE place = 1
)
LEFT JOIN homonym ON homonym.whole = customer_whole
LEFT JOIN sister ON sister.core = customer_core
