"""One company, several products, each in numbered pages: how Chinese registries are asked.

企查查 and 天眼查 sell each list apart (lawsuits, enforcements, …). A feed's resource is a group of such
lists; the machine asks one after the other about one company and turns every page of each. Each page
must be whole by the total its own list states, and none may be one that came before.
"""

import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etl.errors import BadInput
from etl.sources.connector import Ask, Connector, Inconsistent, Json, Meaning, Pull, Reply, Subject
from etl.sources.problems import nearest

CHINESE = re.compile(r"[\u3400-\u9fff]")
SHORTEST = 2
"""Characters of a name that both systems want at least."""


@dataclass(frozen=True)
class Product:
    """One list that is sold. `rows_at`: where its rows are, for DuckDB's json_extract. `asks_for`:
    the parameter that takes the company. Without `is_paged` it answers at once."""

    name: str
    path: str
    rows_at: str
    asks_for: str = "searchKey"
    is_paged: bool = True


@dataclass(frozen=True)
class Page:
    """What a page says of itself: its rows, how many the list has in all, its number if it says so."""

    rows: Sequence[Json]
    total: int
    number: int | None = None


@dataclass(frozen=True)
class Keyword:
    """What a company is asked for by. `about` goes beside the page: what the answer is about is the
    number we asked for, or else only a name (matching decides what that is worth)."""

    text: str
    about: Mapping[str, str]


class ByProduct(Connector):
    """Asks about one company, product by product, page by page. Every page is paid."""

    by_subject = True
    selects_fields = False
    products: Sequence[Product]
    groups: Mapping[str, Sequence[str]]
    """Resource → its products, in the order they are asked; all must have the same `rows_at`."""
    page_size: int
    number_param: str
    size_param: str

    def keyword(self, subject: Subject) -> Keyword | None:
        """What to ask for: the number if there is one, else the Chinese name; None without either."""
        number = subject.identifiers.get("uscc")
        if number:
            return Keyword(number, {"uscc": number})
        name = (subject.name or "").strip()
        if len(name) < SHORTEST or not CHINESE.search(name):
            return None
        return Keyword(name, {"name": name})

    def can_answer(self, pull: Pull) -> str:
        if pull.subject and self.keyword(pull.subject) is None:
            return "it has neither a valid 统一社会信用代码 nor a Chinese name"
        return ""

    @abstractmethod
    def page(self, product: Product, body: Json) -> Page:
        """The page's rows and totals. Inconsistent when they are not where they should be."""

    def wanted(self, pull: Pull) -> list[Product]:
        """The products of the pull: those of its resource, or the ones its options name of them."""
        if pull.resource not in self.groups:
            known = sorted(self.groups)
            raise BadInput(
                f"{self.name} has no resource {pull.resource!r}{nearest(pull.resource, known)}"
            )
        names = pull.options.get("products") or self.groups[pull.resource]
        for name in names:
            if name not in self.groups[pull.resource]:
                known = sorted(self.groups[pull.resource])
                raise BadInput(
                    f"{self.name} has no product {name!r} under {pull.resource}"
                    f"{nearest(str(name), known)}"
                )
        by_name = {product.name: product for product in self.products}
        return [by_name[name] for name in names]

    def rows_of(self, pull: Pull) -> str:
        return self.wanted(pull)[0].rows_at

    def first(self, pull: Pull) -> Ask | None:
        return self._ask(pull, 0, 1, {})

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        place, number = int(ask.state["product"]), int(ask.state["page"])
        product = self.wanted(pull)[place]
        is_empty = self.judge(reply).meaning is Meaning.NOTHING
        if is_empty and number > 1:
            raise Inconsistent(f"{product.name}: page {number} was promised and is empty")
        if is_empty or not product.is_paged:
            return self._ask(pull, place + 1, 1, {})
        page = self.page(product, reply.json)
        self._check(product, number, page, ask.state)
        if number * self.page_size >= page.total:
            return self._ask(pull, place + 1, 1, {})
        seen = [*ask.state.get("seen", []), _digest(page.rows)]
        return self._ask(pull, place, number + 1, {"total": page.total, "seen": seen})

    def _check(self, product: Product, number: int, page: Page, state: Mapping[str, Any]) -> None:
        says = f"{product.name}, page {number}"
        if page.number is not None and page.number != number:
            raise Inconsistent(f"{says}: page {page.number} came instead")
        if page.total != state.get("total", page.total):
            raise Inconsistent(
                f"{says}: the total was {state['total']} and is {page.total} now", restart=True
            )
        due = max(0, min(self.page_size, page.total - (number - 1) * self.page_size))
        if len(page.rows) != due:
            raise Inconsistent(f"{says}: {len(page.rows)} rows came where {due} are due")
        if page.rows and _digest(page.rows) in state.get("seen", []):
            raise Inconsistent(f"{says}: the rows of an earlier page came again")

    def _ask(self, pull: Pull, place: int, number: int, state: Mapping[str, Any]) -> Ask | None:
        products = self.wanted(pull)
        subject = pull.subject
        keyword = self.keyword(subject) if subject else None
        if subject is None or keyword is None or place >= len(products):
            return None
        product = products[place]
        params = {product.asks_for: keyword.text}
        if product.is_paged:
            params |= {self.number_param: str(number), self.size_param: str(self.page_size)}
        return Ask(
            product.path,
            params=params,
            about={
                "subject": subject.customer_id,
                "keyword": keyword.text,
                "product": product.name,
                **keyword.about,
            },
            state={"product": place, "page": number, **state},
            is_paid=True,
        )


def _digest(rows: Sequence[Json]) -> str:
    """The same for the same rows; short, because it is kept beside every further page."""
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
