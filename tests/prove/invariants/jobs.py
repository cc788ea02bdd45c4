"""The workers' queue."""

from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.prove.invariants.seen import Seen


def none_left_behind(seen: Seen) -> list[str]:
    """No job of a worker that was killed is still "doing". The judged moment is after all workers have stopped."""
    doing = ProcrastinateJob.objects.filter(status="doing")
    return [f"{job.task_name} {job.args} of {job.queue_name}" for job in doing]


def is_busy() -> bool:
    """Whether a worker does something, or has something to do now."""
    jobs = ProcrastinateJob.objects
    due = jobs.filter(status="todo", scheduled_at=None) | jobs.filter(status="todo", scheduled_at__lte=Now())
    return jobs.filter(status="doing").exists() or due.filter(queue_name__in=["bank", "hub"]).exists()
