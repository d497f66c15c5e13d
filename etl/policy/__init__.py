"""A policy is data with a schema: which letters, scores, grades, limits and alerts a book gets.

letters.py           the ledger's rules, the three letters, matching, inquiries
scorecard.py, ahp.py bands, the tree of scores, weights by comparison
final.py             from letters to the final grade; admission, segments, value grid
terms.py             limits, terms, warning lines, gate, provisions
alerts.py            early warning
portfolio.py         concentration, provisions, outcomes, the watch list
policy.py            a whole policy, and the policies of a night
files.py             reading them: `policy/*.yaml` and the parts they share in its folders
tables.py            the small tables the SQL joins to
"""

from etl.policy.files import POLICY_FOLDER, find_policy, load_policies, read_policy
from etl.policy.letters import Inquiry
from etl.policy.policy import Policies, Policy
from etl.policy.tables import (
    BOOK_TYPES,
    POLICY_GRAINS,
    POLICY_TABLES,
    RULE_TYPES,
    policy_tables,
)

__all__ = [
    "BOOK_TYPES",
    "POLICY_FOLDER",
    "POLICY_GRAINS",
    "POLICY_TABLES",
    "RULE_TYPES",
    "Inquiry",
    "Policies",
    "Policy",
    "find_policy",
    "load_policies",
    "policy_tables",
    "read_policy",
]
