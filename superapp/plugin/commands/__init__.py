"""The host's part of the command line: `migrate`, `routes` and `plugin …`."""

from superapp.plugin.commands import authoring
from superapp.plugin.commands.migrating import migrate
from superapp.plugin.commands.modules import plugin
from superapp.plugin.commands.routes import routes

__all__ = ["authoring", "migrate", "plugin", "routes"]
