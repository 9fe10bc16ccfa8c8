"""What is kept of applications, made from few words, for tests of the store."""

from dataclasses import replace

from gateway.core.application import ReportWish
from gateway.core.application_store import Carried, Receipt, Spoken
from gateway.core.message import Message, MessageState
from tests.store.stored import Maker
from tests.support.application import SHORT_CODE, account, spoken
from tests.support.builders import CUSTOMER

CRM, ERP = account(), account("erp")


def carried(make: Maker, message: Message, **fields: object) -> Carried:
    made = Carried(
        account_id=CRM.id,
        id=message.id.removeprefix("msg_"),
        message_id=message.id,
        reports=ReportWish.EITHER,
        intermediate=False,
        spoken=Spoken(
            source=SHORT_CODE,
            destination=spoken(CUSTOMER),
            service_type="CMT",
            user_reference=5,
            submitted_at=make.now,
            text="Привет 👋",
        ),
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # named by the test


def receipt(make: Maker, **fields: object) -> Receipt:
    made = Receipt(
        state=MessageState.DELIVERED,
        is_intermediate=False,
        wish=ReportWish.SUCCESS,
        carrier_code=None,
        delivered=1,
        done_at=make.now,
        due_at=make.now,
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # named by the test
