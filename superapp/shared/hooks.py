"""What the shared services contribute to the app."""

from __future__ import annotations

from superapp.kernel import ports
from superapp.shared import mail, notices, tasks
from superapp.shared import tables as tables  # the core's metadata is complete once this is imported
from superapp.shared.search import people

people.listen()
ports.session_columns["unread"] = notices.unread_count()
ports.session_columns["open_tasks"] = tasks.open_count()
ports.notifier.fill(notices.notify)
ports.mailer.fill(mail.deliver)
