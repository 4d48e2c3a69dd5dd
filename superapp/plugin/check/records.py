"""Reading a module's models and revisions: personal data classed, revisions complete, and back again."""

from __future__ import annotations

from collections.abc import Iterator

from superapp.plugin.check.finding import Finding
from superapp.plugin.contract import REFERABLE
from superapp.plugin.host import Plugin
from superapp.plugin.mapping import bases
from superapp.plugin.migrate.history import plugin_history

PERSONAL = frozenset({"basic", "sensitive", "secret"})


def read_models(plugin: Plugin) -> Iterator[Finding]:
    """Yield what is wrong with the columns of a module."""
    base = bases.get(plugin.name)
    for mapper in base.registry.mappers if base else ():
        for column in mapper.local_table.columns:
            if "pii" not in column.info:
                yield Finding(f"kolom {column} tanpa kelas data pribadi: column(…, pii=…)", _where(mapper.class_))


def holds_personal_data(plugin: Plugin) -> bool:
    """Tell whether a module keeps anything about people."""
    base = bases.get(plugin.name)
    tables = base.metadata.tables.values() if base else ()
    return any(
        column.info.get("pii") in PERSONAL
        for table in tables
        if table.name not in REFERABLE
        for column in table.columns
    )


def read_revisions(plugin: Plugin) -> Iterator[Finding]:
    """Yield what is wrong with the revisions of a module: replayed in an empty database, forth and back."""
    from superapp.plugin.containment import blame
    from superapp.plugin.migrate.revising import left_after_going_back, unwritten

    history = plugin_history(plugin.found)
    place = f"{history.folder}:1"
    try:
        for words in unwritten(history):
            yield Finding(f"model dan revisi berbeda ({words}): superapp plugin revision {plugin.name} -m …", place)
        for table in left_after_going_back(history):
            yield Finding(f"downgrade menyisakan tabel {table}", place)
    except Exception as error:
        reason = f"revisi gagal dijalankan: {type(error).__name__}: {str(error).splitlines()[0][:200]}"
        yield Finding(reason, blame.where(error, history.folder) or place)


def _where(model: type[object]) -> str:
    import inspect

    try:
        return f"{inspect.getsourcefile(model)}:{inspect.getsourcelines(model)[1]}"
    except (OSError, TypeError):
        return model.__module__
