"""Rendering: a template and its values become HTML here, and a PDF in a program of its own."""
