"""Work without a signal, in a real browser."""
