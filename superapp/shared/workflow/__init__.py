"""Workflow: who decides what in which order, declared as data; the path of each case lies in rows."""
