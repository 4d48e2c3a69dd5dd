"""The `superapp` command: what the core's parts and the modules that are on offer, put together at the call.

It speaks Indonesian, as its documentation for operators does, whatever the locale of the shell; what machines read (JSON,
names of commands and options) is English.
"""

from __future__ import annotations

import gettext
import os
import sys
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from flask import Flask

from superapp.settings import SettingsError

TRANSLATIONS = Path(__file__).parent / "translations"


class _Assembled(click.Group):
    """A group whose commands come from the app; the app is made once, when it is first asked for."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command; click's own words are in Indonesian too (it asks the standard library for them)."""
        os.environ["LANGUAGE"] = "id"
        gettext.bindtextdomain("click", TRANSLATIONS)
        gettext.textdomain("click")
        return super().main(*arguments, **options)

    @cached_property
    def app(self) -> Flask:
        from superapp import create_app

        try:
            return create_app()
        except SettingsError as error:
            click.echo(str(error), err=True)
            raise SystemExit(1) from error

    @cached_property
    def offered(self) -> dict[str, click.Command]:
        from superapp.plugin.commands import migrate, plugin, routes
        from superapp.plugin.host import EXTENSION

        found: dict[str, click.Command] = {"migrate": migrate, "plugin": plugin, "routes": routes}
        made = self.app.extensions[EXTENSION]
        for owned in made.commands:
            if owned.owner in made.plugins:
                group = found.setdefault(owned.owner, click.Group(owned.owner, help=made.title(owned.owner)))
                assert isinstance(group, click.Group)
                group.add_command(owned.item)
            else:
                found[owned.item.name or ""] = owned.item
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self.offered)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; it runs inside the app, as the operator of the machine."""
        return self.offered.get(cmd_name)


@click.group(cls=_Assembled, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Nunukan Satu: satu aplikasi, banyak modul."""
    from superapp.access.actor import acting_as, operator

    group = context.command
    assert isinstance(group, _Assembled)
    stack = ExitStack()
    stack.enter_context(group.app.app_context())
    stack.enter_context(acting_as(operator("cli")))
    context.call_on_close(stack.close)


if __name__ == "__main__":
    sys.exit(main())
