"""Signing: an adapter for whoever keeps the keys, a simulator of ours, and the gateway of BSrE."""
