"""What every verb of a night works with: the book file, the policies, the lake, the engine."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from etl.engine import Engine
from etl.lake import Lake
from etl.policy import Policies, load_policies
from etl.settings import Settings, settings
from etl.sources.config import Book, read_book

DEFAULT_POLICY = "article"


@dataclass(frozen=True)
class Context:
    """Read once a process; each part only when it is needed."""

    settings: Settings

    @cached_property
    def book(self) -> Book:
        """The book file: which exports there are and what their columns mean."""
        return read_book(self.settings.config)

    @cached_property
    def policies(self) -> Policies:
        """The active policy and those shown beside it."""
        return load_policies(
            self.book.policy or DEFAULT_POLICY,
            beside=self.settings.config.parent,
            base_currency=self.book.base_currency,
            challengers=self.book.challengers,
        )

    @cached_property
    def lake(self) -> Lake:
        """The lake under ZIXIN_HOME."""
        return Lake(self.settings.home)

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs the SQL."""
        from etl.engine.duckdb import DuckDBEngine

        return DuckDBEngine(self.settings)

    @property
    def published(self) -> Path:
        """Where what people read is."""
        return self.settings.home / "published"


def context() -> Context:
    """The context of this process's settings."""
    return Context(settings())
