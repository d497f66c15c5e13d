"""The canonical entities: what every source is mapped to and every SQL file starts from.

This is the contract that mappings, expectations and the data dictionary quote. Each entity becomes
`history/<entity>` (every version ever received) and `current/<entity>` (the last version known on
a night). Beside the columns listed here every history row carries `known_on`, `batch`, `seq` and
`is_deleted` (requirements A0.1, "Known").

    ledger.py      who buys on account, what was billed, and everything that settles it
    party.py       identifiers, names, groups, contacts, cases, feedback, decisions about matches
    trade.py       orders, deliveries, contracts, dunning, promises, guarantees, insurance
    court.py       court records, lists, penalties, licences, registrations
    bureau.py      inquiries, scores, tax credit, references, ESG, reputation
    finance.py     statements, industries and their standard values
    assessment.py  questionnaires, expert votes, competitor share
    decision.py    grades overridden, limits set, alerts acknowledged
    found.py       what every record found at a provider carries
    contract.py    what an entity and a column are
"""

from etl.entities.assessment import ASSESSMENT
from etl.entities.bureau import BUREAU
from etl.entities.contract import HISTORY_COLUMNS, Column, Entity
from etl.entities.court import COURT
from etl.entities.decision import DECISION
from etl.entities.finance import FINANCE
from etl.entities.ledger import CUSTOMER, LEDGER
from etl.entities.party import PARTY
from etl.entities.trade import TRADE

FAMILIES: dict[str, tuple[Entity, ...]] = {
    "ledger": LEDGER,
    "party": PARTY,
    "trade": TRADE,
    "court": COURT,
    "bureau": BUREAU,
    "finance": FINANCE,
    "assessment": ASSESSMENT,
    "decision": DECISION,
}

ENTITIES: dict[str, Entity] = {
    entity.name: entity for family in FAMILIES.values() for entity in family
}

__all__ = ["CUSTOMER", "ENTITIES", "FAMILIES", "HISTORY_COLUMNS", "Column", "Entity"]
