"""What operations contributes to the app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from superapp.kernel.jobs import Job
from superapp.plugin.blueprint import Blueprint
from superapp.plugin.hookspecs import hookimpl

if TYPE_CHECKING:
    import click


@hookimpl
def superapp_blueprints() -> Iterable[Blueprint]:
    """Serve the addresses of monitors."""
    from superapp.operations.views import bp

    return [bp]


@hookimpl
def superapp_jobs() -> Iterable[Job]:
    """Run what keeps an installation in order."""
    from superapp.operations.jobs import JOBS

    return JOBS


@hookimpl
def superapp_commands() -> Iterable[click.Command]:
    """Offer the commands of operators."""
    from superapp.operations.commands import COMMANDS
    from superapp.operations.demo.commands import demo
    from superapp.operations.personal.commands import person

    return [*COMMANDS, demo, person]
