"""`make run`: bring the database up to date, give an empty one demo data, say the accounts, and start the app.

One process does the three steps: making the app takes a second, and nobody should wait for it three times.
"""

from __future__ import annotations

import os
import subprocess
import sys

import click

from superapp.cli import main
from superapp.settings import load_settings


def run(*arguments: str) -> int:
    """Run `superapp …` in this process and return its exit status."""
    try:
        main(list(arguments), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def start() -> int:
    """Prepare the data and serve; a module whose migration failed stays off, as `migrate` has said.

    Unless somebody has chosen otherwise documents are signed by the simulator, which marks each as not valid.
    """
    if "esign" not in load_settings().model_fields_set:
        os.environ["SUPERAPP_ESIGN"] = "simulator"
    if run("migrate") and _core_is_pending():
        return 1
    return run("demo", "--if-empty") or (_serve_on_windows() if sys.platform == "win32" else run("up"))


def _core_is_pending() -> bool:
    from superapp.plugin.migrate.history import core_history
    from superapp.plugin.migrate.running import pending

    with main.app.app_context():
        return bool(pending(core_history()))


def _serve_on_windows() -> int:
    """Serve with Werkzeug's server: gunicorn does not run on Windows, and this is for development only."""
    from werkzeug.serving import run_simple

    settings = load_settings()
    worker = subprocess.Popen([sys.executable, "-m", "superapp.cli", "worker"])
    try:
        click.echo(f"http://{settings.host}:{settings.port}")
        run_simple(settings.host, settings.port, main.app, threaded=True)
    finally:
        worker.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(start())
