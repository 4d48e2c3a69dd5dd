"""Tests of administration: its pages as administrators of the regency and of units use them."""
