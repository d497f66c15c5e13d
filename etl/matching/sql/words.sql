-- Small words that the other files share.

CREATE OR REPLACE MACRO country_of(said) AS COALESCE(
    (SELECT MIN(country) FROM country_name WHERE country_name.written = lower(trim(said))),
    CASE WHEN regexp_full_match(trim(said), '[A-Za-z]{2}') THEN upper(trim(said)) END
);

CREATE OR REPLACE MACRO link_method(decision, number_level, is_asked, is_former, name_level) AS CASE
    WHEN decision IS NOT NULL THEN 'decision'
    WHEN number_level = 'same' THEN 'number'
    WHEN is_asked THEN 'inquiry'
    WHEN number_level = 'same_unchecked' THEN 'number_unchecked'
    WHEN name_level IN ('same', 'same_short') AND is_former THEN 'former_name'
    WHEN name_level IN ('same', 'same_short') THEN 'name'
    ELSE 'probable'
END;

-- The thresholds are the book's own (etl/matching/link.py). The same number under another name is for a person.

CREATE OR REPLACE MACRO link_state(decision, score, held, number_level) AS CASE
    WHEN decision = 'link' THEN 'accepted'
    WHEN decision = 'no_link' THEN 'rejected'
    WHEN score >= accept_from() AND len(held) = 0 THEN 'accepted'
    WHEN score >= review_from() OR (number_level = 'same' AND list_contains(held, 'other_name')) THEN 'review'
    ELSE 'rejected'
END;

-- Codes, in a fixed order: what agrees, what does not, and why it was held back.

CREATE OR REPLACE MACRO link_evidence(
    name_level, is_former, agree, differ, country_level, asked_by, held, decided_by
) AS array_to_string(list_filter([
    CASE WHEN name_level IS NOT NULL THEN 'name ' || name_level END,
    CASE WHEN is_former AND name_level <> 'different' THEN 'by another name of it' END,
    CASE WHEN len(agree) > 0 THEN 'agrees: ' || array_to_string(agree, ', ') END,
    CASE WHEN len(differ) > 0 THEN 'differs: ' || array_to_string(differ, ', ') END,
    CASE WHEN country_level IS NOT NULL THEN 'country ' || country_level END,
    CASE WHEN asked_by IS NOT NULL THEN 'asked by ' || asked_by END,
    CASE WHEN len(held) > 0 THEN 'held: ' || array_to_string(held, ', ') END,
    CASE WHEN decided_by IS NOT NULL THEN 'decided by ' || decided_by END
], lambda x: x IS NOT NULL), '; ')
