"""The configuration: one TOML file to frozen dataclasses, all problems at once.

Each adapter owns its section as a dataclass; the rest is in `section`. Unknown keys are
problems. Secrets may be files or environment variables (see `reader`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gateway.config.document import NotToml, parse
from gateway.config.reader import Problem, Reader, Secrets
from gateway.config.section import (
    ClassSections,
    GatewaySection,
    PolicySection,
    RetentionSection,
    RouteSection,
    policy_of,
)
from gateway.core.errors import GatewayError
from gateway.core.policy import Policy
from gateway.store.config import StoreConfig
from modem.config import ModemConfig
from smpp.config import BindConfig
from smpp.server_config import SmppServerConfig
from web.config import HttpConfig

__all__ = ["Config", "ConfigProblems", "Problem", "find", "load", "read"]

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

PLACES = (Path("seventy.toml"), Path("/etc/seventy/seventy.toml"))
VARIABLE = "SEVENTY_CONFIG"
SECTIONS = {
    "gateway",
    "http",
    "store",
    "modem",
    "smpp",
    "smpp_server",
    "route",
    "class",
    "retention",
    "policy",
}
DATABASE = "seventy.db"


class ConfigProblems(GatewayError):
    """The file cannot be used; all that is wrong with it."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{file}:{problem}" for problem in problems))
        self.file = file
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What `gateway.app` builds from."""

    gateway: GatewaySection
    http: HttpConfig
    store: StoreConfig
    modems: tuple[ModemConfig, ...]
    binds: tuple[BindConfig, ...]
    smpp_server: SmppServerConfig | None  # None: no application binds here
    policy: Policy


def find(given: Path | None, environment: Mapping[str, str]) -> Path:
    """The file to read: as given, `$SEVENTY_CONFIG`, or the first usual place."""
    if given is not None:
        return given
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    return next((place for place in PLACES if place.is_file()), PLACES[-1])


def load(file: Path, environment: Mapping[str, str]) -> Config:
    """Raises `ConfigProblems` with everything that is wrong."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise _unreadable(str(file), reason, 0) from error
    except UnicodeDecodeError as error:
        raise _unreadable(str(file), "is not UTF-8 text", 1) from error
    directories = [file.absolute().parent]
    if environment.get("CREDENTIALS_DIRECTORY"):
        directories.insert(0, Path(environment["CREDENTIALS_DIRECTORY"]))
    return read(
        text,
        name=str(file),
        secrets=Secrets(environment=environment, directories=tuple(directories)),
    )


def read(text: str, *, name: str, secrets: Secrets) -> Config:
    """The configuration that `text` is; `name` stands before each problem."""
    try:
        document = parse(text)
    except NotToml as error:
        raise _unreadable(name, f"is not TOML: {error.reason}", error.line) from error
    reader = Reader(document, secrets)
    config = _config(document.tables, reader)
    if config is None or reader.problems:
        problems = sorted(reader.problems, key=lambda problem: problem.line)
        raise ConfigProblems(name, tuple(problems))
    return config


def _unreadable(name: str, reason: str, line: int) -> ConfigProblems:
    return ConfigProblems(name, (Problem(path="file", line=line, reason=reason),))


def _config(tables: Mapping[str, object], reader: Reader) -> Config | None:
    for name in tables:
        if name not in SECTIONS:
            reader.note((name,), "is not a section of this configuration")

    def one(owner: type[T], name: str, **preset: object) -> T | None:
        return reader.section(owner, tables.get(name, {}), (name,), preset)

    gateway = one(GatewaySection, "gateway")
    data_dir = gateway.data_dir if gateway else Path()
    public_url = gateway.public_url if gateway else None
    http = one(HttpConfig, "http", public_url=public_url)
    store = one(StoreConfig, "store", path=data_dir / DATABASE)
    modems = reader.sections(ModemConfig, tables.get("modem", []), ("modem",))
    binds = reader.sections(BindConfig, tables.get("smpp", []), ("smpp",))
    is_served = "smpp_server" in tables
    smpp_server = one(SmppServerConfig, "smpp_server") if is_served else None
    routes = reader.sections(RouteSection, tables.get("route", []), ("route",))
    classes = one(ClassSections, "class")
    retention = one(RetentionSection, "retention")
    policy = one(PolicySection, "policy")
    _check_links(modems, binds, reader)
    links = {modem.name for modem in modems} | {bind.name for bind in binds}
    _check_routes(routes, links, reader)
    if not (gateway and http and store and classes and retention and policy):
        return None
    return Config(
        gateway=gateway,
        http=http,
        store=store,
        modems=modems,
        binds=binds,
        smpp_server=smpp_server,
        policy=policy_of(
            region=gateway.region,
            policy=policy,
            classes=classes,
            routes=routes,
            costs={modem.name: modem.cost for modem in modems}
            | {bind.name: bind.cost for bind in binds},
            retention=retention,
        ),
    )


def _check_links(
    modems: tuple[ModemConfig, ...], binds: tuple[BindConfig, ...], reader: Reader
) -> None:
    """A link's name is its own, whatever kind of link it is."""
    named = [("modem", index, modem.name) for index, modem in enumerate(modems)]
    named += [("smpp", index, bind.name) for index, bind in enumerate(binds)]
    owners: dict[str, str] = {}
    for kind, index, name in named:
        owner = f"{kind}[{index}]"
        first = owners.setdefault(name, owner)
        if first != owner:
            reader.note((kind, index, "name"), f"{name!r} is also the name of {first}")


def _check_routes(
    routes: tuple[RouteSection, ...], links: set[str], reader: Reader
) -> None:
    """What only the whole file shows: routes named twice, links that are none."""
    lanes: set[str] = set()
    for index, route in enumerate(routes):
        for name in route.links:
            # A link with problems of its own is not in the list: it is not missing.
            if name not in links and not reader.problems:
                reader.note(("route", index, "links"), f"there is no link {name!r}")
        lane = route.name or f"route{index + 1}"
        if lane in lanes:
            reader.note(("route", index, "name"), f"{lane!r} is used twice")
        lanes.add(lane)
