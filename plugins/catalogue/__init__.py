"""Katalog aplikasi: the inventory of applications, and one door to all of them."""
