"""The quality scale: bronze keeps the contract, silver can be cared for, gold is complete for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from superapp.plugin.check.code import read_code
from superapp.plugin.check.finding import Finding, tests
from superapp.plugin.check.pages import read_templates
from superapp.plugin.check.records import holds_personal_data, read_models, read_revisions
from superapp.plugin.host import Host, Plugin
from superapp.plugin.manifest import Manifest

Tier = Literal["bronze", "silver", "gold"]


@dataclass(frozen=True)
class Report:
    """What a check found, and the tier a module reaches: None while it breaks the contract."""

    name: str
    tier: Tier | None
    findings: tuple[Finding, ...] = field(default=(), kw_only=True)

    @property
    def failed(self) -> bool:
        """Tell whether the module breaks the contract."""
        return self.tier is None


def check(host: Host, name: str) -> Report:
    """Check one module of the host against the contract and the quality scale; it must have been found."""
    broken = [reason for found, reason in host.broken if found.name == name]
    if broken:
        return Report(name, None, findings=tuple(Finding(reason.reason, reason.where) for reason in broken))
    plugin = host.plugins[name]
    breaches = list(_contract(plugin))
    silver, gold = list(_silver(plugin, host)), list(_gold(plugin, host))
    tier: Tier | None = "gold" if not (silver or gold) else "silver" if not silver else "bronze"
    if any(not finding.advice for finding in breaches):
        tier = None
    return Report(name, tier, findings=(*breaches, *silver, *gold))


def _contract(plugin: Plugin) -> Iterator[Finding]:
    single = plugin.found.source.name != "__init__.py"
    if not single:
        yield from read_code(plugin.name, plugin.folder)
        yield from read_templates(plugin.name, plugin.folder)
        yield from read_models(plugin)
        yield from read_revisions(plugin)
    for route in plugin.given.routes:
        if route.method == "POST" and not route.says:
            yield Finding(f"{route.endpoint}: says= kosong; perubahan ini tidak tercatat", route.where, advice=True)


def _silver(plugin: Plugin, host: Host) -> Iterator[Finding]:
    manifest = plugin.manifest
    for key in ("description", "owner", "contact", "licence"):
        if not getattr(manifest, key):
            yield _advice(f"perak: {key!r} belum diisi dalam manifes", manifest)
    if not tests(plugin.folder):
        yield _advice("perak: belum ada tes di tests/", manifest)


def _gold(plugin: Plugin, host: Host) -> Iterator[Finding]:
    hooks = {
        hook
        for hook in ("superapp_health", "superapp_person_data", "superapp_person_erase")
        if _has(host, plugin, hook)
    }
    if "superapp_health" not in hooks:
        yield _advice("emas: superapp_health belum ada", plugin.manifest)
    if holds_personal_data(plugin) and not {"superapp_person_data", "superapp_person_erase"} <= hooks:
        yield _advice(
            "emas: menyimpan data pribadi tanpa superapp_person_data dan superapp_person_erase", plugin.manifest
        )
    if not _catalogue(plugin.folder).is_file():
        yield _advice("emas: belum ada terjemahan bahasa Inggris", plugin.manifest)


def _has(host: Host, plugin: Plugin, hook: str) -> bool:
    return any(impl.owner == plugin.name for impl in host.per_call(hook))


def _catalogue(folder: Path) -> Path:
    return folder / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def _advice(reason: str, manifest: Manifest) -> Finding:
    return Finding(reason, manifest.where, advice=True)
