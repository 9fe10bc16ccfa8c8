"""Words that stand for one another when somebody searches; and words that say nothing.

Data: beginnings of folded words, each group one meaning, in Russian, Ukrainian and
English. An administrator adds others in the settings.

Spec: spec/inbox.md D.3 (the misses of cut words were synonyms), E.9
"""

from collections.abc import Iterable, Sequence
from typing import Final

from gateway.engine.folding import cut, words

GROUPS: Final[tuple[tuple[str, ...], ...]] = (
    ("верн", "возврат", "возвращ", "поверн", "refund", "return"),
    ("деньг", "денег", "денеж", "средств", "гроші", "грош", "кошт", "money"),
    ("оплат", "плат", "заплат", "сплат", "pay", "paid"),
    ("отмен", "аннулир", "скасу", "відмін", "cancel"),
    ("достав", "привез", "курьер", "курєр", "deliver", "courier"),
    ("цена", "цену", "цены", "стоит", "стоим", "сколько", "ціна", "кошту", "price"),
    ("сломал", "полом", "неисправ", "зламал", "broken", "fault"),
    ("менеджер", "оператор", "сотрудник", "специалист", "operator", "agent"),
    ("телефон", "номер", "трубк", "phone", "number"),
    ("скидк", "акци", "промокод", "знижк", "discount", "promo"),
    ("заказ", "заявк", "замовлен", "order"),
    ("адрес", "куда", "address"),
    ("ждать", "жду", "ожида", "чекат", "чекаю", "wait"),
    ("опозд", "задерж", "запізн", "затрим", "late", "delay"),
    ("жалоб", "претенз", "скарг", "complain"),
    ("договор", "контракт", "договір", "contract"),
    ("счет", "квитанц", "рахун", "invoice", "bill"),
    ("карт", "card"),
    ("перезвон", "позвон", "звонок", "набер", "дзвон", "call"),
    ("сообщен", "смс", "повідомл", "message", "sms"),
    ("дешев", "дорог", "cheap", "expensive"),
    ("парол", "код", "вход", "войти", "password", "code", "login"),
    ("спасиб", "благодар", "дяку", "thank"),
)

_SILENT: Final = (
    "а без бы в во вы да для до ее если есть еще же за и из или им их к как ко ли "
    "мне мой моя мои мы на нам нас не нет ни но о об он она они от по при про с со "
    "так там то у уж уже что чтобы эта эти это я й є і із її їх не ні та так те ти "
    "то у це цей ця що як яка який мені мій моя вам вас ваш a an and are at be do "
    "for from i in is it me my of on or our please the to was we what with you your"
)
SILENT: Final = frozenset(_SILENT.split())


def telling(asked: Sequence[str]) -> list[str]:
    """The words that say something; all of them when none does."""
    return [word for word in asked if word not in SILENT] or list(asked)


def stems(groups: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """An administrator's groups of whole words as beginnings."""
    made = (
        tuple(cut(word.folded) for text in group for word in words(text))
        for group in groups
    )
    return tuple(group for group in made if len(group) > 1)


def alike(word: str, more: Iterable[Sequence[str]] = ()) -> list[str]:
    """Beginnings of the words that may stand for this one, without its own."""
    found = [
        stem
        for group in (*GROUPS, *more)
        if any(word.startswith(stem) for stem in group)
        for stem in group
    ]
    return list(dict.fromkeys(found))
