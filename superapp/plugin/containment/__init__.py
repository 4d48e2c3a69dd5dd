"""Containment: a module may break itself, never its neighbours."""
