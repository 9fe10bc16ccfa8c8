"""What differs between makes of modem, as data with the generic modem as default.

Relies on nothing. ``personalities`` holds the makes; the command modules ask these
fields and never for a name.

Spec: modem.md 4
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class UnknownCommand(Enum):
    """How a command that is not there is refused."""

    ERROR = "ERROR"
    CME_OPERATION_NOT_SUPPORTED = "CME 4"
    CME_UNKNOWN = "CME 100"
    COMMAND_NOT_SUPPORT = "COMMAND NOT SUPPORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class BootLine:
    """A notification so long after power-on, or after the SIM is open.

    ``{pin}`` in the text becomes the state of the SIM.
    """

    after_s: float
    text: str
    needs_sim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chatter:
    """A vendor's notification that comes by itself.

    ``switch`` is the command that turns it off and on, with its first value when it
    has one: ``^CURC`` or ``+QINDCFG="csq"``.
    """

    every_s: float
    text: str
    switch: str | None = None
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cnmi:
    """Allowed values of the five fields, and the test answer when it is peculiar."""

    mode: tuple[int, ...] = (0, 1, 2)
    mt: tuple[int, ...] = (0, 1, 2, 3)
    bm: tuple[int, ...] = (0, 2)
    ds: tuple[int, ...] = (0, 1, 2)
    bfr: tuple[int, ...] = (0, 1)
    test: str | None = None
    # Claimed in the test answer and refused when set: field number to values.
    refused: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[tuple[int, ...], ...]:
        return self.mode, self.mt, self.bm, self.ds, self.bfr


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpms:
    """Storages per memory, and how +CPMS speaks of them."""

    mem1: tuple[str, ...] = ("SM", "ME", "SR", "MT")
    mem2: tuple[str, ...] = ("SM", "ME")
    mem3: tuple[str, ...] = ("SM", "ME")
    default: str = "SM"
    max_parameters: int = 3
    test: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Personality:
    """One make of modem."""

    name: str
    manufacturer: str
    model: str
    revision: str
    tac: str  # first eight digits of the IMEI
    ati: tuple[str, ...] = ()
    capabilities: str = "+CGSM,+DS,+ES"
    identity_prefix: bool = False  # +CGMI: before the answer of +CGMI
    unknown: UnknownCommand = UnknownCommand.ERROR

    sim_capacity: int = 30
    me_capacity: int = 50
    first_index: int = 1
    cnmi: Cnmi = field(default_factory=Cnmi)
    cpms: Cpms = field(default_factory=Cpms)
    empty_slot_is_ok: bool = False
    csms: tuple[int, ...] = (0, 1)
    acknowledge_pdu: bool = True  # AT+CNMA=1,n with a prompt
    acknowledge_cmt: bool = True
    delete_flag: bool = True
    wrong_report_index: bool = False  # +CDSI: "SM",0 while the report lies in SR
    cds_comma: bool = False
    report_extra_octet: bool = False
    cmgr_alpha: bool = True
    stale_count: bool = False  # CPMS lags behind one CMTI
    pdu_suffix: str = ""
    refuse_after_sends: int | None = None
    full_notice: str | None = None

    boot: tuple[BootLine, ...] = ()
    sim_ready_after_s: float = 0.05
    sms_ready_after_s: float = 0.1
    registered_after_s: float = 0.2
    before_sms_ready: int | None = 302  # the CMS code; None is ERROR
    chatter: tuple[Chatter, ...] = ()
    chatter_prefix: str = "\r\n"
    chatter_suffix: str = "\r\n"

    pin_prefix: str = "+CPIN: "
    pin_quoted: bool = False
    pin_without_ok: bool = False
    attempts_command: str | None = None
    iccid_commands: tuple[tuple[str, str], ...] = (("+CCID", "+CCID: "),)
    iccid_padded: bool = False
    creg_quoted: bool = True
    creg_technology: bool = True
    technology: int = 2
    prefix_blank: str = " "  # behind the colon of an answer
    # Answers that never change, by command as typed or by name and operation;
    # {imei} and {imsi} are filled in.
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    default_cmee: int = 0
    ussd_packed: bool = False
    lte_sms_only: bool = False  # +CEREG status 11: attached for emergency or SMS only

    def __post_init__(self) -> None:
        if len(self.tac) != 8:
            raise ValueError(f"{self.name}: a TAC has eight digits")
