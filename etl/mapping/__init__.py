"""Mapping: files of a batch in, typed canonical rows and rejects with a reason out.

Pure: what comes out depends on the files, the mapping and the day the batch arrived, on nothing
else. All work on rows is done in sets, in the database; Python sees lines that do not fit only.
"""

from etl.mapping.batch import map_batch, map_feed
from etl.mapping.mapped import Mapped

__all__ = ["Mapped", "map_batch", "map_feed"]
