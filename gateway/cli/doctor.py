"""`doctor`: the box in a few lines, then one verdict and the fix per modem.

Works with the daemon stopped and running: what the daemon has open is told from its own
knowledge, other ports are looked at. Spec: spec/reliability.md PKG-03, PKG-14
"""

import argparse
import asyncio
import dataclasses
import os
from collections.abc import Mapping

from gateway.cli.box import Check, Grade, look_at_box, look_at_storage
from gateway.cli.output import (
    Progress,
    VerbFailed,
    listed,
    say,
    say_json,
    say_table,
)
from gateway.cli.place import client_of
from gateway.config import Config, ConfigProblems, find, load
from gateway.core.clock import SystemClock
from modem.doctor import Finding, Verdict, examine

Served = Mapping[str, dict[str, object]]  # links of the daemon by their device


def run(arguments: argparse.Namespace) -> int:
    """1 when anything is a fault."""
    config, checks = _config(arguments)
    checks += look_at_box()
    if config is not None:
        checks += look_at_storage(config.gateway.data_dir)
    with Progress("doctor") as progress:
        progress.step("asking the modems")
        findings = _modems(arguments.ports, config)
    served = _served(config)
    if arguments.json:
        say_json(
            {
                "box": [dataclasses.asdict(check) for check in checks],
                "modems": [dataclasses.asdict(finding) for finding in findings],
                "links": list(served.values()),
            }
        )
    else:
        say_table(
            ("check", "grade", "found", "fix"),
            ((check.name, check.grade, check.found, check.fix) for check in checks),
        )
        say()
        _say_modems(findings, served)
    is_bad = any(check.grade is Grade.FAULT for check in checks)
    return int(is_bad or not all(_is_well(finding, served) for finding in findings))


def _config(arguments: argparse.Namespace) -> tuple[Config | None, list[Check]]:
    """The configuration, if there is one; a box without is examined all the same."""
    file = find(arguments.config, os.environ)
    if not file.exists() and arguments.config is None:
        return None, [
            Check(
                name="configuration",
                grade=Grade.WARNING,
                found="none",
                fix="seventy init writes one",
            )
        ]
    try:
        config = load(file, os.environ)
    except ConfigProblems as error:
        count = len(error.problems)
        return None, [
            Check(
                name="configuration",
                grade=Grade.FAULT,
                found=f"{file}: {count} problems",
                fix="seventy check names them",
            )
        ]
    return config, [Check(name="configuration", grade=Grade.OK, found=str(file))]


def _modems(ports: list[str], config: Config | None) -> tuple[Finding, ...]:
    named = [modem.port for modem in config.modems if modem.port] if config else []
    return asyncio.run(examine(ports or named, clock=SystemClock()))


def _served(config: Config | None) -> Served:
    """The links of the running daemon by their device; empty when none runs."""
    if config is None:
        return {}
    try:
        links = listed(client_of(config).get("/links"))
    except VerbFailed:
        return {}
    return {os.path.realpath(str(link["port"])): link for link in links if link["port"]}


def _is_well(finding: Finding, served: Served) -> bool:
    link = served.get(os.path.realpath(finding.port))
    return finding.verdict is Verdict.READY or (
        link is not None and link["state"] == "up"
    )


def _say_modems(findings: tuple[Finding, ...], served: Served) -> None:
    if not findings:
        say("no serial ports: is a modem plugged in?")
    for finding in findings:
        if link := served.get(os.path.realpath(finding.port)):
            why = link["detail"] or link["reason"] or "nothing to do"
            say(f"{finding.port}: {link['state']} as link {link['id']}; {why}")
            continue
        say(f"{finding.port}: {finding.verdict.value}; {finding.fix}")
        signal = finding.signal_dbm
        facts = {
            "model": finding.model,
            "IMEI": finding.imei,
            "ICCID": finding.iccid,
            "IMSI": finding.imsi,
            "operator": finding.operator,
            "signal": f"{signal} dBm" if signal is not None else None,
            "SMSC": finding.service_centre,
        }
        known = [f"{name} {value}" for name, value in facts.items() if value]
        if known:
            say(f"  {', '.join(known)}")
