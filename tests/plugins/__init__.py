"""Tests of the bundled modules."""
