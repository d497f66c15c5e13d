"""A scorecard: which indicators make which score, at what points and weights (A9, C14, R4-81, R4-82).

The tree is flattened when it is read: a score is the weighted mean of the points of its leaves that
are present, so that coverage, interval and contributions are sums over indicators.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from etl.catalogue import catalogue
from etl.policy.ahp import ACCEPTED_BELOW, Comparison, compare, worst_triad
from etl.policy.parts import Name, Part, Points, Share, Title, Version
from etl.ratios import ratios
from etl.sources.problems import Misplaced, nearest

Weight = Annotated[Decimal, Field(gt=0, le=1_000_000)]
Edge = tuple[
    Annotated[Decimal, Field(gt=-999_999_999_999, lt=999_999_999_999, decimal_places=6)], Points
]

_TEN = Decimal("0.0000000001")
LARGEST_MATRIX = 15
LARGEST_SHARE = 10
"""Tenfold growth is a share too; what is beyond was meant as percent."""


class CutOffs(Part):
    """From how many points a score is an A, B, C; below `min_coverage` it is NR."""

    a_from: Points
    b_from: Points
    c_from: Points
    min_coverage: Share

    @model_validator(mode="after")
    def _in_order(self) -> "CutOffs":
        if not self.a_from > self.b_from > self.c_from:
            raise ValueError("a_from, b_from and c_from must fall")
        return self


class Pairs(Part):
    """Every member compared with every other: row over column, such as 3 or 1/3."""

    members: Annotated[tuple[Name, ...], Field(min_length=2, max_length=LARGEST_MATRIX)]
    matrix: tuple[tuple[str, ...], ...]

    @field_validator("matrix")
    @classmethod
    def _numbers(cls, rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        for cell in (cell for row in rows for cell in row):
            try:
                number = Fraction(cell)
            except (ValueError, ZeroDivisionError):
                raise ValueError(f"{cell!r} is no comparison: a number or a fraction") from None
            if not Fraction(1, 9) <= number <= 9:
                raise ValueError(f"{cell} is not between 1/9 and 9")
        return rows

    @model_validator(mode="after")
    def _consistent(self) -> "Pairs":
        size = len(self.members)
        if len(set(self.members)) < size:
            raise ValueError("a member stands twice")
        if len(self.matrix) != size or any(len(row) != size for row in self.matrix):
            raise ValueError(f"the matrix must have {size} rows of {size} comparisons")
        numbers = self.numbers
        for row in range(size):
            for column in range(row, size):
                if numbers[row][column] * numbers[column][row] != 1:
                    raise ValueError(
                        f"{self.members[row]} over {self.members[column]} is "
                        f"{self.matrix[row][column]}, but the other way round it is "
                        f"{self.matrix[column][row]}"
                    )
        ratio = self.compared.consistency_ratio
        if ratio >= ACCEPTED_BELOW:
            worst = ", ".join(worst_triad(self.members, numbers))
            raise ValueError(
                f"the comparisons contradict each other: consistency ratio {ratio}, allowed below "
                f"{ACCEPTED_BELOW}; look at {worst} first"
            )
        return self

    @cached_property
    def numbers(self) -> tuple[tuple[Fraction, ...], ...]:
        """The matrix in exact fractions."""
        return tuple(tuple(Fraction(cell) for cell in row) for row in self.matrix)

    @cached_property
    def compared(self) -> Comparison:
        """Weights and consistency."""
        return compare(self.numbers)


class Node(Part):
    """A score of its own: the mean of its members, weighted by numbers or by comparisons."""

    title: Title
    weights: dict[Name, Weight] | None = None
    pairs: Pairs | None = None

    @model_validator(mode="after")
    def _weighed_once(self) -> "Node":
        if bool(self.weights) == bool(self.pairs):
            raise ValueError("say either weights or pairs")
        return self

    @cached_property
    def shares(self) -> dict[str, Decimal]:
        """Member → its part of the whole; the parts sum to 1."""
        if self.pairs:
            return dict(zip(self.pairs.members, self.pairs.compared.weights, strict=True))
        given = self.weights or {}
        whole = sum(given.values(), Decimal(0))
        return {member: weight / whole for member, weight in given.items()}


class RatioWeight(Part):
    """A ratio of 企业绩效评价 (C8): its points, its block, and whether low is good."""

    weight: Annotated[Decimal, Field(gt=0, le=100, decimal_places=4)]
    block: Name
    is_reverse: bool = False


class Scorecard(Part):
    """One scorecard file."""

    scorecard_id: Name
    version: Version
    title: Title
    cut_offs: CutOffs
    main: Name
    explained: tuple[Name, ...] = ()
    bands: dict[Name, tuple[Edge, ...]]
    tree: dict[Name, Node]
    performance: dict[Name, RatioWeight] = Field(default_factory=dict)

    @field_validator("bands")
    @classmethod
    def _edges(cls, bands: dict[str, tuple[Edge, ...]]) -> dict[str, tuple[Edge, ...]]:
        units = {line.indicator: line.unit for line in catalogue() if line.is_scored == "yes"}
        for indicator, edges in bands.items():
            if indicator not in units:
                text = f"{indicator} is no scored indicator{nearest(indicator, units)}"
                raise Misplaced(text, indicator)
            if len(edges) < 2:
                raise Misplaced(f"{indicator} needs at least two edges", indicator)
            values = [value for value, _ in edges]
            if values != sorted(values) or len(set(values)) < 2:
                raise Misplaced(f"the values of {indicator} must grow from edge to edge", indicator)
            if any(values.count(value) > 2 for value in values):
                raise Misplaced(f"{indicator} has a step of more than two edges", indicator)
            if units[indicator] == "share" and max(map(abs, values)) > LARGEST_SHARE:
                text = f"{indicator} is a share, a fraction: 0.95 for 95 %"
                raise Misplaced(text, indicator)
        return bands

    @field_validator("performance")
    @classmethod
    def _ratios(cls, weights: dict[str, RatioWeight]) -> dict[str, RatioWeight]:
        for ratio, weight in weights.items():
            if ratio not in ratios():
                text = f"{ratio} is no ratio of the accounts{nearest(ratio, ratios())}"
                raise Misplaced(text, ratio)
            if weight.is_reverse != ratios()[ratio]:
                better, said = ("less", "true") if ratios()[ratio] else ("more", "false")
                text = f"{better} {ratio} is better: is_reverse must be {said}"
                raise Misplaced(text, ratio)
        return weights

    @model_validator(mode="after")
    def _whole_tree(self) -> "Scorecard":
        for name, node in self.tree.items():
            if name in self.bands:
                text = f"{name} is an indicator and a node; give the node another name"
                raise Misplaced(text, "tree", name)
            for member in node.shares:
                if member not in self.tree and member not in self.bands:
                    text = f"{name} lists {member}, which is neither a node nor an indicator with bands"
                    raise Misplaced(text, "tree", name, "weights", member)
        if self.main not in self.tree:
            text = (
                f"main is {self.main}, which is no node of the tree{nearest(self.main, self.tree)}"
            )
            raise Misplaced(text, "main")
        for name in self.explained:
            if name not in self.tree:
                text = f"explained names {name}, which is no node of the tree"
                raise Misplaced(text, "explained")
        for name in self.tree:
            self._leaves(name, ())
        return self

    def _leaves(self, node: str, above: tuple[str, ...]) -> dict[str, Decimal]:
        if node in above:
            text = f"{node} is part of itself: {' › '.join((*above, node))}"
            raise Misplaced(text, "tree", node)
        found: dict[str, Decimal] = {}
        for member, share in self.tree[node].shares.items():
            below = (
                self._leaves(member, (*above, node))
                if member in self.tree
                else {member: Decimal(1)}
            )
            for leaf, part in below.items():
                found[leaf] = found.get(leaf, Decimal(0)) + share * part
        return found

    def leaves(self, node: str) -> dict[str, Decimal]:
        """Indicator → its part of the node's score, all the way down; sums to 1 to ten decimals.

        Roundings are carried on, so that the parts add up.
        """
        exact = self._leaves(node, ())
        whole = sum(exact.values(), Decimal(0))
        rounded: dict[str, Decimal] = {}
        running = done = Decimal(0)
        for leaf in sorted(exact):
            running += exact[leaf] / whole
            rounded[leaf] = running.quantize(_TEN) - done
            done = running.quantize(_TEN)
        return rounded

    def segments_of(
        self, indicator: str
    ) -> Iterator[tuple[Decimal | None, Decimal | None, Decimal, Decimal]]:
        """(from, to, points at from, points at to) from left to right; None: no end. Outside the
        edges the points stay as they are at the last one; at a step the right-hand side counts."""
        edges = self.bands[indicator]
        yield None, edges[0][0], edges[0][1], edges[0][1]
        for (left, low), (right, high) in pairwise(edges):
            if left < right:
                yield left, right, low, high
        yield edges[-1][0], None, edges[-1][1], edges[-1][1]
