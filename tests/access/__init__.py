"""Tests of superapp.access."""
