"""Every wait of the modem driver in one place, so that none is unbounded.

Seconds throughout. Defaults are for real radios; tests give shorter ones.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long the driver waits for what."""

    submit_s: float | None = None  # None: as the modem's section says
    command_limit_s: float = 120.0  # for any command, whatever it asks for itself
    prompt_s: float = 10.0
    write_s: float = 5.0
    drain_s: float = 0.3  # quiet that ends a drain
    drain_limit_s: float = 3.0
    probe_s: float = 2.0
    hello_s: float = 30.0  # a modem may be starting when its port appears
    boot_s: float = 45.0  # after a reset until it answers again
    boot_settle_s: float = 3.0
    sim_poll_s: float = 2.0
    sim_ready_s: float = 30.0
    sim_missing_s: float = 10.0  # some say at first that there is no SIM
    blocked_poll_s: float = 10.0
    service_ready_s: float = 40.0
    registration_poll_s: float = 3.0
    health_period_s: float = 20.0
    check_gap_s: float = 1.0  # a flood of notices does not keep us asking
    second_looks_s: tuple[float, ...] = (0.5, 3.0)
    sweep_period_s: float | None = None  # None: as the modem's section says
    blind_sweep_period_s: float = 10.0  # where notifications cannot be had
    store_retry_s: float = 2.0
    busy_delays_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
    clip_s: float = 2.5
    ring_gap_s: float = 8.0
    ussd_s: float = 30.0
    acknowledge_s: float = 8.0
    reopen_delays_s: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0)
    hook_s: float = 60.0
    line_pause_s: tuple[float, ...] = (60.0, 300.0, 600.0)
    unregistered_reset_s: float = 900.0
    reinit_interval_s: float = 30.0
    reset_interval_s: float = 300.0
    power_interval_s: float = 600.0
