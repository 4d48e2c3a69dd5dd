"""Lighthouse over the pages that people open first."""
