"""The pages of signing in, one room a door; together they are one blueprint."""

from superapp.login.views import door
from superapp.login.views.blueprint import bp

__all__ = ["bp", "door"]
