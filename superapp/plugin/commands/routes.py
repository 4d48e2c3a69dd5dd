"""`superapp routes`: every route with its module and permission."""

from __future__ import annotations

import json

import click

from superapp.plugin.host import host


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def routes(as_json: bool) -> None:
    """Cetak semua alamat dengan modul dan izinnya."""
    rows = [
        {
            "rule": route.rule,
            "methods": [route.method],
            "endpoint": route.endpoint,
            "plugin": route.owner,
            "permission": route.permission,
        }
        for route in sorted(host().routes.values(), key=lambda route: (route.rule, route.method))
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(f"{row['methods'][0]:5} {row['rule']:50} {row['permission']:30} {row['endpoint']}")
