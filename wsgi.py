"""The WSGI entry point: `gunicorn wsgi:app`."""

import gc

gc.disable()  # what a start makes stays: looking through it again and again for garbage costs a tenth of the start

from superapp import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()
