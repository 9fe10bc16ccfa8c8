"""The faults by name: what each does, whether it lasts, and its own parameters.

Data only; ``faults`` keeps which are wanted, the modem does them. The operator's
kinds are in ``network_faults``.

Spec: modem.md 10.13 a to e, h
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """``lasting`` faults hold until removed, the others fall once unless counted."""

    description: str
    lasting: bool = False
    parameters: tuple[str, ...] = ()


def _once(description: str, *parameters: str) -> FaultKind:
    return FaultKind(description=description, parameters=parameters)


def _lasting(description: str, *parameters: str) -> FaultKind:
    return FaultKind(description=description, lasting=True, parameters=parameters)


_TRANSPORT = {
    "unplug": _once(
        "pulled out; at = now, command, prompt or body (after Ctrl-Z); comes back "
        "by itself after replug_s, under another link name with renumber",
        "at",
        "replug_s",
        "renumber",
    ),
    "renumber": _once("the next plug gives another link name", "name"),
    "duplicate_port": _lasting("a second terminal of the same modem", "name"),
    "port_taken": _lasting("a foreign program holds the terminal exclusively"),
    "eio": _once("the open terminal breaks with an I/O error and is made anew"),
    "stuck": _lasting("reads nothing and answers nothing"),
    "garbage": _once("random octets before an answer", "octets"),
    "noise": _once("a flood of octets without a line end", "octets"),
    "nul": _once("NUL octets strewn into an answer"),
    "bit_flip": _once("one bit of an answer is turned"),
    "partial_write": _once("an answer comes in pieces", "octets", "pause_s"),
    "glue": _once("an answer waits and comes in one write with the next"),
    "slow_baud": _lasting("a slow line", "baud"),
    "output_overflow": _once("what exceeds the output buffer is lost", "octets"),
}

_COMMAND = {
    "late_prompt": _once("the prompt comes late", "delay_s"),
    "no_prompt": _once("no prompt comes, though the modem waits for the body"),
    "bare_prompt": _once("the prompt is > without a blank"),
    "lost_ok": _once("the final result is lost"),
    "lost_answer": _once("the whole answer is lost; the command was done"),
    "truncated_answer": _once("the answer ends after so many octets", "octets"),
    "duplicated_answer": _once("the answer comes twice"),
    "lost_cmgs": _once("OK without +CMGS"),
    "ok_before_cmgs": _once("OK comes before +CMGS"),
    "cmgs_extra_field": _once("+CMGS carries a time stamp"),
    "late_answer": _once("the answer comes late", "delay_s"),
    "echo_on": _once("echo switches itself on"),
    "wrong_answer": _once("the answer of another command", "text"),
    "busy": _lasting("refused as busy: CME 14, code 515 or 314 on SMS", "code"),
    "error": _once("refused with this final result", "text"),
    "verbose_errors": _lasting("errors in words whatever +CMEE says"),
}

_URC = {
    "urc": _once(
        "text (lines divided by |) at: now, command, answer, prompt, listing, or "
        "octet:N of the command; with match on that command",
        "text",
        "at",
    ),
    "urcs_unheld": _lasting("notifications do not wait for the end of a command"),
    "urcs_together": _lasting("notifications wait and come in one write", "hold_s"),
    "split_notification": _once("a pause between +CMT or +CDS and PDU", "pause_s"),
    "duplicate_cmti": _once("+CMTI comes twice"),
    "phantom_cmti": _once("+CMTI for an empty slot", "index", "storage"),
    "cmti_wrong_storage": _once("+CMTI names another storage", "storage"),
    "cmti_minus_one": _once("+CMTI: ,-1 and the network keeps the message"),
    "lost_cmti": _once("stored without a notification"),
    "vendor_flood": _lasting("vendor notifications without pause", "text", "every_s"),
}

_STORAGE = {
    "storage_full": _lasting("no room: the network keeps what comes, CMS 322"),
    "stale_slot": _once("a fresh slot reads as empty, CPMS lags, once"),
    "slot_reused": _once("between +CMTI and +CMGR the slot changes hands"),
    "corrupt_pdu": _once("octets of a read PDU are damaged"),
    "odd_hex": _once("a read PDU lacks its last hex digit"),
    "ff_padding": _once("FF octets follow a read PDU", "octets"),
    "delete_refused": _once("+CMGD is refused with this CMS code", "code"),
    "delete_flag_refused": _lasting("+CMGD with a flag is refused"),
}

_SIM_AND_NETWORK = {
    "sim_busy": _lasting("CME 14 and CMS 314"),
    "sim_pulled": _lasting("no SIM until removed"),
    "puk": _lasting("the SIM asks for its PUK"),
    "pin": _lasting(
        "the SIM asks for this PIN; left is what attempts remain", "pin", "left"
    ),
    "sim_swapped": _lasting("another SIM is in, with this number", "msisdn"),
    "registration_lost": _lasting("not registered, searching"),
    "registration_denied": _lasting("registration denied"),
    "roaming": _lasting("registered, roaming"),
    "no_signal": _lasting("+CSQ: 99,99"),
    "cms_error": _once("+CMGS and +CMSS are refused with this CMS code", "code"),
    "cme_error": _once("refused with this CME code", "code"),
    "accepted_but_error": _once("the network has it, the answer is an error", "code"),
    "error_but_accepted": _once(
        "the answer is an error, the network takes it later", "code", "delay_s"
    ),
}

_REPORT = {
    "report_extra_octet": _once("an octet too many behind TP-MR of a report"),
}

_POWER = {
    "reboot": _once(
        "brown-out: settings lost, boot notifications; reference_reset also "
        "starts the references anew; at as for unplug",
        "at",
        "reference_reset",
    ),
    "reset_renumbers": _lasting("CFUN=1,1 comes back as a new terminal", "renumber"),
    "refuse_after": _lasting("CMS 1 after so many sends until power cycle", "sends"),
    "crash_on_overlap": _once("octets during a command reboot the modem"),
    "radio_stuck": _lasting("sends wait for ever until CFUN or power cycle"),
}

MODEM_KINDS: dict[str, FaultKind] = {
    **_TRANSPORT,
    **_COMMAND,
    **_URC,
    **_STORAGE,
    **_SIM_AND_NETWORK,
    **_REPORT,
    **_POWER,
}
