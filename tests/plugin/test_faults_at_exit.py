"""A fault that was met in a command is written down also when the process ends right after it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel.database import run
from superapp.plugin.tables import fault
from tests.support.server import ROOT, environment

PROGRAM = """
import sys
from superapp import create_app
from superapp.kernel import command
from superapp.kernel.jobs import JobActor
from superapp.plugin.containment import faults

record = faults._record

def slowly(found, loads):
    sys.stdin.readline()
    return record(found, loads)

faults._record = slowly
with create_app().app_context(), command.begin("test.act", actor=JobActor("test"), says=""):
    faults.record([faults.Fault("alfa", "hook:x", kind="hook", error="KeyError")], faults.Loads())
print("leaving", flush=True)
"""


def test_process_waits_for_the_record_of_its_last_fault(context: Flask, database_url: str, data_dir: Path) -> None:
    variables = environment(database_url, data_dir, SUPERAPP_SECRET_KEY="only-for-tests-" * 4)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=variables,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"leaving\n", process.communicate()[1]
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.wait(30) == 0
    assert run(sa.select(fault.c.plugin, fault.c.error)).all() == [("alfa", "KeyError")]
