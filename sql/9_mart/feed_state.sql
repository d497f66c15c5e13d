-- feed_state: what did each feed bring, and how old is it?
--
-- A held feed brought something that could not be trusted, or nothing: its last good data stands.
--
-- Grain: one row per feed of the book. Key: feed.
-- Requirements: R0-04, R3-32, R4-70, R4-91; EW19.
--
-- Columns
--   feed                   VARCHAR  its name in the book file
--   state                  VARCHAR  loaded; held: its last good data stands [EW19]
--   is_held                BOOLEAN  held tonight
--   last_batch             VARCHAR  its newest delivery; NULL: it never brought one
--   last_refresh_date      DATE     the newest day its rows are of; NULL: none [R3-32]
--   source_freshness_days  INTEGER  days from that day to the night; NULL: none [R0-04]
--   sentence               VARCHAR  why it is held; NULL: it is not
--   remark                 VARCHAR  what else is to be said of it; NULL: nothing

SELECT
  feed,
  state,
  state = 'held' AS is_held,
  batch AS last_batch,
  known_on AS last_refresh_date,
  EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(known_on AS TIMESTAMP)))
    AS source_freshness_days,
  sentence,
  remark
FROM night.feed
ORDER BY feed
