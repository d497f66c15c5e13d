"""Which feeds are brought together, and in which order.

A group is one task: all feeds of a system share its session and its windows. Providers that are asked
customer by customer come after everything that says who the customers are, and a group of theirs is one
*need*: within it the second provider is asked about those for whom the first had no answer.
"""

from etl.errors import ZixinError
from etl.sources.config import Book, Feed
from etl.sources.problems import nearest

SYSTEMS, INQUIRIES = "systems", "inquiries"
STAGES = (SYSTEMS, INQUIRIES)

SHIPPED_NEEDS = (
    "bureau_score", "identity", "lei", "listing", "litigation", "statement", "tax_credit",
)  # fmt: skip
"""The needs of the shipped mappings; a book's own feeds may have others."""


def is_inquiry(feed: Feed) -> bool:
    """True when the feed's system is asked customer by customer."""
    if not feed.is_pulled:
        return False
    from etl.sources.systems import system

    return system(feed.source).by_subject


def group_of(feed: Feed) -> str:
    """The need of an inquiry, else the system (`files` for exports)."""
    return (feed.need or feed.name) if is_inquiry(feed) else feed.source


def groups(book: Book, stage: str) -> list[str]:
    """The groups of a stage, in the book's order.

    Raises:
        ZixinError: a need is called like a system: nobody could tell the two groups apart.
    """
    found: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for feed in book.feeds:
        found[is_inquiry(feed)][group_of(feed)] = None
    if both := sorted(found[True].keys() & found[False].keys()):
        raise ZixinError(
            f"{book.path}: {both[0]} names both a system and a need (a feed without `need` is one "
            "by its own name); give the need another name."
        )
    return list(found[stage == INQUIRIES])


def feeds_of(book: Book, group: str) -> list[Feed]:
    """The feeds of a group, in the book's order; a feed's own name is a group of one.

    Raises:
        ZixinError: there is neither a group nor a feed of that name.
    """
    found = [feed for feed in book.feeds if group_of(feed) == group]
    found = found or [feed for feed in book.feeds if feed.name == group]
    if not found:
        names = dict.fromkeys([*map(group_of, book.feeds), *(feed.name for feed in book.feeds)])
        raise ZixinError(
            f"{book.path} has neither feeds nor a system {group!r}{nearest(group, names)}"
        )
    return found
