"""Do the grades mean anything? Statistics over what nights published, computed in the last step of a night.

migration.py       how customers move between grades (C12)
discrimination.py  whether worse grades turn out bad more often (C13)
calibration.py     whether they do as often as the policy says (C13)
drift.py           whether the book is still the one the rules were made for (C13)
learning.py        what weights the outcomes would teach a scorecard (R4-38)
tables.py          what is published of it, column by column
results.py         from the counts of sql/compare to those tables

Statistics are computed in double precision and published to six digits; counts come from SQL.
"""
