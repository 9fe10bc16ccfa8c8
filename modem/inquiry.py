"""Questions that take more than one command, asked alike by driver and doctor."""

from modem import answers, commands
from modem.answers import Registration
from modem.channel import Channel
from modem.profile import Profile


async def ask_registration(channel: Channel) -> Registration | None:
    """The best of the circuit, packet and LTE domains; None when none is told."""
    best: Registration | None = None
    for name in ("+CREG", "+CEREG", "+CGREG"):
        answer = await channel.run(commands.registration(name))
        told = answers.registration(answer.lines, name)
        if told is not None and told.serves_sms:
            return told
        best = best or told
    return best


async def ask_card(channel: Channel, profile: Profile) -> str | None:
    """The ICCID, by whichever command this family knows."""
    for name in profile.card_queries:
        answer = await channel.run_patiently(commands.card_number(name))
        if number := answers.iccid(answer.lines):
            return number
    return None
