"""Tests of the look: macros, layouts, built assets and scripts, without the rest of the app."""
