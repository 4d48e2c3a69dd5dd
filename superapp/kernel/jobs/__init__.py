"""Jobs: rows of a ledger, enqueued with the effect that wants them, run once each whatever is killed."""

from superapp.kernel.jobs.actor import JobActor
from superapp.kernel.jobs.kinds import Job, Step, register
from superapp.kernel.jobs.ledger import enqueue

__all__ = ["Job", "JobActor", "Step", "enqueue", "register"]
