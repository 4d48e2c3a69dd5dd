"""Tests of the catalogue of applications."""
