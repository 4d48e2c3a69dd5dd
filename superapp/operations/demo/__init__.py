"""The demo data set: the regency with invented people, to try the app and to test it on."""
