"""A module whose form does what real ones do: takes a number, stores a row, enqueues a job that stores another.

---
title = "Badai"
version = "1.0"
api = "1.0"
---
"""

import os
import time
from pathlib import Path

import sqlalchemy as sa

from superapp.api import (
    PUBLIC,
    Invalid,
    Job,
    PluginBlueprint,
    current_command,
    enqueue,
    hookimpl,
    next_number,
    redirect_to,
    request,
    run,
)

bp = PluginBlueprint("storm", __name__)
post = sa.table("storm_post", sa.column("word"), sa.column("number"))
follow_up = sa.table("storm_follow_up", sa.column("word"))


@bp.get("/", permission=PUBLIC)
def index():
    """Show the form, with its token and nothing else."""
    from flask_wtf.csrf import generate_csrf

    return generate_csrf()


@bp.post("/", permission=PUBLIC, says="badai {word}")
def store():
    """Store one word."""
    word = request.form["word"]
    if word.startswith("refused"):
        raise Invalid("Tidak.", field="word")
    run(sa.insert(post).values(word=word, number=next_number("storm", "2026")))
    enqueue("storm.follow", {"word": word}, plugin="storm", max_attempts=1000)
    current_command().values["word"] = word
    return redirect_to("storm.index")


@bp.post("/slow", permission=PUBLIC, says="tidur", form="storm.index")
def sleep():
    """Hold the write lock as a careless author would, for as long as the form says."""
    run(sa.insert(post).values(word="slept", number=next_number("storm", "2026")))
    Path(os.environ["SUPERAPP_DATA_DIR"], "asleep").touch()
    time.sleep(float(request.form["seconds"]))
    return redirect_to("storm.index")


def follow(word):
    """Store the word once more."""
    run(sa.insert(follow_up).values(word=word))


@hookimpl
def superapp_blueprints():
    """Serve the form."""
    return [bp]


@hookimpl
def superapp_jobs():
    """Run the follow-up."""
    return [Job(kind="storm.follow", function=follow, plugin="storm")]
