"""Vector indexes and exact nearest neighbours."""

from recudf.search.index import Index
from recudf.search.store import get_index

__all__ = ["Index", "get_index"]
