"""One chunk of a world: 5,000 accounts and everything about them, from its own seed alone."""

from pathlib import Path

from sandbox.world import (
    accounts as accounts_of,
)
from sandbox.world import (
    billing,
    bureaus,
    contacts,
    courts,
    crm,
    dunning,
    granting,
    papers,
    paying,
    population,
    quarrels,
    registers,
    relations,
    settling,
    statements,
    trade,
    truth,
    untidy,
    write,
)
from sandbox.world.columns import Frame, height
from sandbox.world.era import Era
from sandbox.world.tables import TABLES


def made(era: Era, chunk: int) -> tuple[dict[str, Frame], accounts_of.Accounts]:
    """Every table of the chunk."""
    people = population.drawn(era, chunk)
    accounts = accounts_of.drawn(people)
    frames: dict[str, Frame] = {}
    frames["customer"], frames["truth_customer"] = crm.drawn(people, accounts)
    orders, frames["sales_order"], frames["delivery"] = trade.drawn(people, accounts)
    invoices, frames["invoice"], frames["instalment"] = billing.drawn(accounts, orders)
    deducted, lowering = quarrels.deductions(accounts, orders, invoices)
    frames |= lowering
    parts = paying.drawn(people, accounts, invoices, deducted)
    frames["payment"], frames["allocation"] = settling.drawn(accounts, invoices, parts)
    frames["dispute"] = quarrels.disputes(people, accounts, invoices, parts)
    frames["dunning_step"], frames["promise"] = dunning.drawn(people, accounts, invoices, parts)
    frames |= relations.contracts(people, accounts)
    if height(frames["contract"]):
        relations.under_contract(accounts, frames["contract"], frames["sales_order"])
    frames["service_case"] = relations.cases(people, accounts, orders)
    frames["feedback"] = relations.ratings(people, accounts, orders)
    frames["contact_activity"] = contacts.drawn(people, accounts, orders, invoices, parts)
    frames["relation_cost"] = relations.costs(accounts)
    frames |= papers.drawn(people, accounts)
    frames["limit_decision"] = granting.drawn(people, accounts, orders)
    frames |= registers.drawn(people)
    frames |= bureaus.drawn(people)
    frames["statement"] = statements.drawn(people)
    frames |= courts.drawn(people)
    frames |= truth.of_parties(people)
    frames["truth_untidy"] = untidy.spoilt(era, chunk, accounts, frames)
    return frames, accounts


def written(folder: Path, era: Era, chunk: int) -> dict[str, int]:
    """Make and write one chunk; rows per table."""
    frames, accounts = made(era, chunk)
    rows = {}
    for name in TABLES:
        frame = frames.pop(name, None)
        if frame and height(frame):
            rows[name] = write.write(
                folder, chunk, name, write.arrow(TABLES[name], frame, accounts)
            )
    return rows
