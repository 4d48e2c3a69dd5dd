"""The benchmark: the app beside an honest floor, in one run (`make bench`)."""
