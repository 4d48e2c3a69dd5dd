"""Alembic's environment for the core and every plugin: the migrator hands over the connection and whose tables it is."""

from alembic import context

history = context.config.attributes["history"]
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=history.metadata,
    version_table=history.version_table,
    include_name=history.includes_name,
    include_object=history.includes_object,
    render_item=history.render_item,
    render_as_batch=True,
    compare_type=True,
    # SQLite rolls DDL back too, once the driver leaves BEGIN to us.
    transactional_ddl=True,
)
context.run_migrations()
