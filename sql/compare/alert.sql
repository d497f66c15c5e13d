-- alert: what needs somebody's attention, since when, and has anybody looked at it?
--
-- Conditions of tonight (action.alert_*) and what changed since the last published night (EW02, EW03,
-- EW20) meet the list of that night: an alert keeps its number and its first day as long as its condition
-- holds without a gap, and what a person said of it (current.alert_ack). A closed alert stays on the
-- list for a while. A fall of a letter, a grade or its coverage stays open until it is back where it was before the
-- first of its falls; each further fall is looked at anew.
--
-- Grain: one row per rule and subject. Key: rule_id, subject_kind, subject_id.
-- Requirements: EW01, EW02, EW03, EW20; A8; R4-45, R4-46, R4-47.
--
-- Columns
--   rule_id           VARCHAR        EW01 to EW20
--   subject_kind      VARCHAR        customer, group, currency, industry, feed or book
--   subject_id        VARCHAR        the customer's number, the group's parent, the feed's name and so on
--   alert_id          VARCHAR        rule, subject and first day: the same as long as the alert lasts
--   rule_version      VARCHAR        of the alert rules
--   family            VARCHAR        credit, legal, performance, fraud and so on [R4-45]
--   customer_id       VARCHAR        the customer; NULL: about no single customer
--   severity          VARCHAR        amber: look at it; red: act today
--   measure           VARCHAR        what was measured: exposure, days_late and so on; the pages have a sentence for each
--   value             DECIMAL(28,6)  what was measured, in unit; NULL: the rule counts no number
--   unit              VARCHAR        of value; money: base currency; NULL: no number, or the place of a letter, D 4
--   threshold         DECIMAL(28,6)  the line that was met, in threshold_unit; NULL: any
--   threshold_unit    VARCHAR        of threshold; NULL: the rule has no line
--   previous_value    DECIMAL(28,6)  value before, in previous_unit; NULL: nothing to compare with
--   previous_unit     VARCHAR        of previous_value: of some rules what the value is a share of; NULL: the rule has none
--   value_text        VARCHAR        the letter, grade or word now; NULL: a number says it
--   previous_text     VARCHAR        the same before
--   evidence_keys     VARCHAR        kind:number of the records behind it, comma-separated; NULL: the books
--   action_code       VARCHAR        what is proposed; NULL: nothing
--   escalation_level  INTEGER        1 the clerk, 2 the credit manager, 3 the management [R4-46]
--   first_seen        DATE           the first night of this alert
--   last_seen         DATE           the last night on which its condition held
--   severe_since      DATE           the first night at this severity, or of this letter, grade or coverage; what was said before is void
--   is_holding        BOOLEAN        the condition holds tonight
--   state             VARCHAR        open, ack (somebody is at it) or closed
--   is_new            BOOLEAN        first seen tonight
--   ack_by            VARCHAR        who acknowledged, closed or waived it; NULL: nobody
--   ack_note          VARCHAR        what that person said
--   ack_on            DATE           when

WITH

condition AS (
  SELECT rule_id, subject_kind, subject_id, customer_id, severity, value, threshold, previous_value,
    value_text, previous_text, evidence_keys
  FROM action.alert_money
  UNION ALL
  SELECT rule_id, subject_kind, subject_id, customer_id, severity, value, threshold, previous_value,
    value_text, previous_text, evidence_keys
  FROM action.alert_conduct
  UNION ALL
  SELECT rule_id, subject_kind, subject_id, customer_id, severity, value, threshold, previous_value,
    value_text, previous_text, evidence_keys
  FROM action.alert_outside
),

-- Letters and grades as numbers, so that worse is greater.
tonight AS (
  SELECT
    customer_id,
    letter_overdue,
    letter_collection,
    final_grade,
    scorecard_coverage,
    CASE letter_overdue WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END AS overdue_no,
    CASE letter_collection WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END AS collection_no,
    CASE final_grade WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END AS grade_no
  FROM grade.credit_grade
  WHERE is_active
),

earlier AS (
  SELECT
    customer_id,
    letter_overdue,
    letter_collection,
    final_grade,
    scorecard_coverage,
    CASE letter_overdue WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END AS overdue_no,
    CASE letter_collection WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END AS collection_no,
    CASE final_grade WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END AS grade_no
  FROM before.credit_grade
  WHERE is_active
),

-- What the last night held of a letter, a grade or a coverage that fell.
standing AS (
  SELECT rule_id, customer_id, previous_value, previous_text, value_text IS NULL AS is_coverage
  FROM before.alert
  WHERE rule_id IN ('EW02', 'EW03', 'EW20') AND is_holding
),

first_night AS (
  SELECT COUNT(*) = 0 AS is_first FROM earlier
),

compared AS (
  SELECT
    'EW02' AS rule_id, tonight.customer_id, tonight.letter_overdue AS now_text, tonight.overdue_no AS now_no,
    earlier.letter_overdue AS before_text, earlier.overdue_no AS before_no
  FROM tonight
  LEFT JOIN earlier ON earlier.customer_id = tonight.customer_id
  UNION ALL
  SELECT
    'EW03', tonight.customer_id, tonight.letter_collection, tonight.collection_no,
    earlier.letter_collection, earlier.collection_no
  FROM tonight
  LEFT JOIN earlier ON earlier.customer_id = tonight.customer_id
  UNION ALL
  SELECT
    'EW20', tonight.customer_id, tonight.final_grade, tonight.grade_no, earlier.final_grade, earlier.grade_no
  FROM tonight
  LEFT JOIN earlier ON earlier.customer_id = tonight.customer_id
),

-- A letter that was not there before and is D is a new D, and so is that of a customer who was not.
followed AS (
  SELECT
    compared.*,
    compared.now_no > compared.before_no
      OR (compared.now_no = 4 AND compared.before_no IS NULL AND NOT first_night.is_first) AS is_worse,
    standing.rule_id IS NOT NULL AS is_standing,
    standing.previous_value,
    standing.previous_text
  FROM compared
  CROSS JOIN first_night
  LEFT JOIN standing
    ON standing.rule_id = compared.rule_id
      AND standing.customer_id = compared.customer_id
      AND NOT standing.is_coverage
),

-- A change of an earlier night lasts while the letter is still worse than it was before the first change.
fallen AS (
  SELECT
    rule_id,
    customer_id,
    now_no,
    now_text,
    CASE WHEN is_standing THEN previous_value ELSE before_no END AS previous_value,
    CASE WHEN is_standing THEN previous_text ELSE before_text END AS previous_text,
    COALESCE(is_worse, FALSE) AS is_worse
  FROM followed
  WHERE is_worse OR (is_standing AND now_no > COALESCE(previous_value, 3))
),

covered AS (
  SELECT
    rule.rule_id, tonight.customer_id, tonight.scorecard_coverage AS value, rule.amber AS threshold,
    COALESCE(standing.previous_value, earlier.scorecard_coverage) AS previous_value,
    COALESCE(earlier.scorecard_coverage - tonight.scorecard_coverage >= rule.amber, FALSE) AS is_worse
  FROM tonight
  JOIN policy.alert_rule AS rule ON rule.rule_id = 'EW20'
  LEFT JOIN earlier ON earlier.customer_id = tonight.customer_id
  LEFT JOIN standing
    ON standing.rule_id = rule.rule_id
      AND standing.customer_id = tonight.customer_id
      AND standing.is_coverage
  LEFT JOIN fallen ON fallen.rule_id = rule.rule_id AND fallen.customer_id = tonight.customer_id
  WHERE fallen.customer_id IS NULL
    AND (
      earlier.scorecard_coverage - tonight.scorecard_coverage >= rule.amber
      OR standing.previous_value - tonight.scorecard_coverage >= rule.amber
    )
),

fired AS (
  SELECT rule_id, subject_kind, subject_id, customer_id, severity, value, threshold, previous_value,
    value_text, previous_text, evidence_keys, FALSE AS is_worse
  FROM condition
  UNION ALL
  SELECT
    rule_id, 'customer', customer_id, customer_id, CASE WHEN now_no = 4 THEN 'red' ELSE 'amber' END,
    now_no, NULL, previous_value, now_text, previous_text, NULL, is_worse
  FROM fallen
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, 'amber', value, threshold, previous_value,
    NULL, NULL, NULL, is_worse
  FROM covered
),

held AS (
  SELECT fired.*, rule.rule_version, rule.family, rule.action_code, rule.escalation_level
  FROM fired
  JOIN policy.alert_rule AS rule ON rule.rule_id = fired.rule_id AND rule.is_on
),

last_night AS (
  SELECT rule_id, subject_kind, subject_id, severity, first_seen, last_seen, severe_since, is_holding
  FROM before.alert
),

-- An alert goes on as long as its condition held on every night between; one that got redder is looked at anew.
dated AS (
  SELECT
    held.*,
    CASE WHEN last_night.is_holding THEN last_night.first_seen ELSE CAST(:as_of AS DATE) END AS first_seen,
    CAST(:as_of AS DATE) AS last_seen,
    CASE
      WHEN last_night.is_holding AND NOT held.is_worse
        AND (last_night.severity = 'red' OR held.severity = 'amber')
        THEN last_night.severe_since
      ELSE CAST(:as_of AS DATE)
    END AS severe_since,
    TRUE AS is_holding
  FROM held
  LEFT JOIN last_night
    ON last_night.rule_id = held.rule_id
      AND last_night.subject_kind = held.subject_kind
      AND last_night.subject_id = held.subject_id
),

over AS (
  SELECT
    alert.rule_id, alert.subject_kind, alert.subject_id, alert.customer_id, alert.severity, alert.value,
    alert.threshold, alert.previous_value, alert.value_text, alert.previous_text, alert.evidence_keys,
    alert.rule_version, alert.family, alert.action_code, alert.escalation_level, alert.first_seen,
    alert.last_seen, alert.severe_since, FALSE AS is_holding
  FROM before.alert AS alert
  CROSS JOIN policy.alert_book AS alert_book
  LEFT JOIN held
    ON held.rule_id = alert.rule_id
      AND held.subject_kind = alert.subject_kind
      AND held.subject_id = alert.subject_id
  WHERE held.rule_id IS NULL
    AND EXTRACT(DAY FROM (
      CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(alert.last_seen AS TIMESTAMP)
    )) <= alert_book.closed_for_days
),

listed AS (
  SELECT
    rule_id, subject_kind, subject_id, customer_id, severity, value, threshold, previous_value, value_text,
    previous_text, evidence_keys, rule_version, family, action_code, escalation_level, first_seen,
    last_seen, severe_since, is_holding
  FROM dated
  UNION ALL
  SELECT
    rule_id, subject_kind, subject_id, customer_id, severity, value, threshold, previous_value, value_text,
    previous_text, evidence_keys, rule_version, family, action_code, escalation_level, first_seen,
    last_seen, severe_since, is_holding
  FROM over
),

-- The last word counts, if it was said of this alert as it stands, and holds tonight.
word AS (
  SELECT
    listed.rule_id,
    listed.subject_kind,
    listed.subject_id,
    alert_ack.state,
    alert_ack.decided_by,
    alert_ack.note,
    alert_ack.decided_on,
    ROW_NUMBER() OVER (
      PARTITION BY listed.rule_id, listed.subject_kind, listed.subject_id
      ORDER BY alert_ack.decided_on DESC, alert_ack.known_on DESC, alert_ack.ack_id DESC
    ) AS place
  FROM listed
  JOIN current.alert_ack AS alert_ack
    ON alert_ack.rule_id = listed.rule_id
      AND (
        alert_ack.customer_id = listed.customer_id
        OR (alert_ack.customer_id IS NULL AND listed.customer_id IS NULL)
      )
  WHERE NOT alert_ack.is_deleted
    AND alert_ack.decided_on <= CAST(:as_of AS DATE)
    AND alert_ack.decided_on >= listed.severe_since
    AND (alert_ack.until IS NULL OR alert_ack.until >= CAST(:as_of AS DATE))
),

-- What a number is follows from the rule, and for some rules from the word beside it.
measured AS (
  SELECT
    listed.*,
    CASE listed.rule_id
      WHEN 'EW01' THEN CASE WHEN listed.threshold = 0 THEN 'exposure_no_limit' ELSE 'exposure' END
      WHEN 'EW02' THEN 'letter'
      WHEN 'EW03' THEN 'letter'
      WHEN 'EW04' THEN 'days_late'
      WHEN 'EW05' THEN CASE WHEN listed.value_text = 'match_review' THEN 'match_review' ELSE 'at_stake' END
      WHEN 'EW06' THEN 'bureau_score'
      WHEN 'EW07' THEN 'orders'
      WHEN 'EW08' THEN listed.value_text
      WHEN 'EW09' THEN listed.value_text
      WHEN 'EW10' THEN CASE WHEN listed.value_text IS NULL THEN 'ratio_class' ELSE 'z_score' END
      WHEN 'EW11' THEN 'early_share'
      WHEN 'EW12' THEN 'reopened'
      WHEN 'EW13' THEN CASE listed.subject_kind WHEN 'book' THEN 'top_five' ELSE 'group_exposure' END
      WHEN 'EW14' THEN listed.value_text
      WHEN 'EW15' THEN 'data_age'
      WHEN 'EW16' THEN 'silence'
      WHEN 'EW17' THEN 'registration'
      WHEN 'EW18' THEN CASE listed.subject_kind WHEN 'currency' THEN 'rate' ELSE 'industry_band' END
      WHEN 'EW19' THEN 'feed'
      WHEN 'EW20' THEN CASE WHEN listed.value_text IS NULL THEN 'coverage' ELSE 'letter' END
    END AS measure
  FROM listed
),

-- A letter is a word; its number only says which is worse.
reading (measure, unit, previous_unit, threshold_unit) AS (
  VALUES
    ('exposure', 'money', NULL, 'money'),
    ('exposure_no_limit', 'money', NULL, NULL),
    ('letter', NULL, NULL, NULL),
    ('coverage', 'share', 'share', 'share'),
    ('days_late', 'days', 'days', 'days'),
    ('at_stake', 'money', NULL, 'money'),
    ('match_review', 'count', NULL, NULL),
    ('bureau_score', 'share', 'share', 'share'),
    ('orders', 'share', 'count', 'share'),
    ('delivery_delay', 'days', NULL, 'days'),
    ('breach', 'count', NULL, NULL),
    ('complaint_rate', 'share', NULL, 'share'),
    ('refund_rate', 'share', NULL, 'share'),
    ('z_score', 'ratio', NULL, 'count'),
    ('ratio_class', 'count', 'count', 'count'),
    ('early_share', 'share', 'count', 'share'),
    ('reopened', 'count', NULL, 'count'),
    ('group_exposure', 'money', NULL, 'money'),
    ('top_five', 'money', NULL, 'money'),
    ('cover_ends', 'days', NULL, 'days'),
    ('cover_too_small', 'money', NULL, 'money'),
    ('data_age', 'days', NULL, 'months'),
    ('silence', 'days', NULL, 'days'),
    ('registration', 'count', NULL, NULL),
    ('industry_band', 'count', 'count', 'count'),
    ('rate', 'rate', 'rate', 'share'),
    ('feed', NULL, NULL, NULL)
)

SELECT
  measured.rule_id,
  measured.subject_kind,
  measured.subject_id,
  measured.rule_id || '|' || measured.subject_kind || '|' || measured.subject_id || '|'
  || CAST(measured.first_seen AS VARCHAR) AS alert_id,
  measured.rule_version,
  measured.family,
  measured.customer_id,
  measured.severity,
  measured.measure,
  measured.value,
  reading.unit,
  -- The line of old data stands in months in the policy.
  COALESCE(measured.threshold, freshness.months) AS threshold,
  reading.threshold_unit,
  measured.previous_value,
  reading.previous_unit,
  measured.value_text,
  measured.previous_text,
  measured.evidence_keys,
  measured.action_code,
  measured.escalation_level,
  measured.first_seen,
  measured.last_seen,
  measured.severe_since,
  measured.is_holding,
  CASE
    WHEN NOT measured.is_holding THEN 'closed'
    WHEN word.state = 'ack' THEN 'ack'
    WHEN word.state IS NOT NULL THEN 'closed'
    ELSE 'open'
  END AS state,
  measured.first_seen = CAST(:as_of AS DATE) AS is_new,
  word.decided_by AS ack_by,
  word.note AS ack_note,
  word.decided_on AS ack_on
FROM measured
LEFT JOIN reading ON reading.measure = measured.measure
LEFT JOIN policy.freshness AS freshness
  ON freshness.source = CASE WHEN measured.rule_id = 'EW15' THEN measured.value_text END
LEFT JOIN word
  ON word.rule_id = measured.rule_id
    AND word.subject_kind = measured.subject_kind
    AND word.subject_id = measured.subject_id
    AND word.place = 1
ORDER BY rule_id, subject_kind, subject_id
