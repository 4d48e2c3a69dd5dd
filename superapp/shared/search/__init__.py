"""Search over people, units and the records of all modules: one table, the actor's rights inside the query."""

from superapp.shared.search.documents import SIGNED_IN, Document, forget_module, index, index_many, index_record, remove
from superapp.shared.search.finding import Found, Hit, find
from superapp.shared.search.objects import create_search_objects, drop_search_objects

__all__ = [
    "SIGNED_IN",
    "Document",
    "Found",
    "Hit",
    "create_search_objects",
    "drop_search_objects",
    "find",
    "forget_module",
    "index",
    "index_many",
    "index_record",
    "remove",
]
