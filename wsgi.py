"""The WSGI entry point: `gunicorn wsgi:app`."""

from superapp import create_app

app = create_app()
