"""Zixin: a credit file for every customer, fresh every night."""

__version__ = "0.1.0"
