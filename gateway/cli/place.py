"""From the arguments of a verb to the configuration and to the running daemon."""

import argparse
import contextlib
import os
import pwd
from typing import TYPE_CHECKING

from gateway.cli.client import TOKEN_FILE, Client
from gateway.cli.output import VerbFailed, WrongUsage

if TYPE_CHECKING:
    from gateway.config import Config


def config_of(arguments: argparse.Namespace) -> "Config":
    """The configuration that the arguments name; `WrongUsage` with its problems."""
    from gateway.config import ConfigProblems, find, load

    try:
        return load(find(arguments.config, os.environ), os.environ)
    except ConfigProblems as error:
        raise WrongUsage(f"the configuration cannot be used\n{error}") from error


def client_of(config: "Config") -> Client:
    """A caller of the daemon that runs with this configuration."""
    return Client(
        config.http.address,
        config.gateway.data_dir / TOKEN_FILE,
        certificate=config.http.tls_certificate,
    )


def own_store(config: "Config") -> None:
    """Raises unless this user may make files in the data directory.

    Files that another user (root, usually) leaves there lock the daemon out.
    """
    data_dir = config.gateway.data_dir
    if not data_dir.exists():
        return
    owner = data_dir.stat().st_uid
    if owner != os.geteuid():
        with contextlib.suppress(KeyError):
            name = pwd.getpwuid(owner).pw_name
            raise VerbFailed(f"{data_dir} is {name}'s: run this with sudo -u {name}")
        raise VerbFailed(f"{data_dir} belongs to user {owner}: run this as that user")


def daemon_of(arguments: argparse.Namespace) -> Client:
    """A caller of the daemon that the arguments name."""
    return client_of(config_of(arguments))
