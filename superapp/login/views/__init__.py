"""The pages of signing in, one room a door; together they are one blueprint."""

from superapp.login.views import activation, confirm, door, factors, guests, passwords, profile, second
from superapp.login.views.blueprint import bp

__all__ = ["activation", "bp", "confirm", "door", "factors", "guests", "passwords", "profile", "second"]
