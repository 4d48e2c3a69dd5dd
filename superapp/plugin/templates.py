"""Finding the templates of modules: `<module>/…` lies in the module's own folder `templates/<module>/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateNotFound


class PluginTemplates(BaseLoader):
    """Gives a module only what is under its own name, so that none can replace a template of the core or of another."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._loaders = {name: FileSystemLoader(folder / "templates") for name, folder in folders.items()}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return the source of `<module>/<path>`; raises TemplateNotFound."""
        loader = self._loaders.get(template.split("/", 1)[0])
        if loader is None:
            raise TemplateNotFound(template)
        return loader.get_source(environment, template)
