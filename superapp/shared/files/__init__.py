"""Stored files: checked before they are kept, named by the server, handed out only as attachments."""

from superapp.shared.files.acceptance import IMAGES, OFFICE, PAPERS, TABLES, Accepted, accept, accept_files
from superapp.shared.files.keeping import attach, find, keep, of_record, readable, remove, unattached, watch
from superapp.shared.files.store import FileStore, LocalStore, store
from superapp.shared.tables.files import File

__all__ = [
    "IMAGES",
    "OFFICE",
    "PAPERS",
    "TABLES",
    "Accepted",
    "File",
    "FileStore",
    "LocalStore",
    "accept",
    "accept_files",
    "attach",
    "find",
    "keep",
    "of_record",
    "readable",
    "remove",
    "store",
    "unattached",
    "watch",
]
