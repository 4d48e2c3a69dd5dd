"""The demo data set: the regency with invented people, to try the app and to test it on."""

from superapp.operations.demo.accounts import DemoAccount, kept
from superapp.operations.demo.building import Built, build_demo, is_demo

__all__ = ["Built", "DemoAccount", "build_demo", "is_demo", "kept"]
