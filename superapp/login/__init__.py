"""Signing in: accounts, sessions, second factors, passkeys, recovery, limits and guests."""
