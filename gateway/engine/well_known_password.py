"""How few guesses a password takes: of which well-known pieces it is made.

A list of whole passwords ends somewhere; people take a word that everybody takes, and
make it long enough with a row of keys, a year, a digit or itself again. So a password
is cut into the fewest pieces: such words, runs along a keyboard or an alphabet, years,
one sign repeated, and single characters for what is left. Those of few pieces are
guessed first, and there are millions of them.

Spec: spec/reliability.md SEC-21
"""

import re
from collections.abc import Iterable
from typing import Final

FEWEST_PIECES: Final = 3  # two are what people think of, and guessers first
FEWEST_LETTERS: Final = 4  # different ones
SHORTEST_REPEATED: Final = 12  # said again it counts once

_SHORTEST_RUN: Final = 2
_SHORTEST_WORD: Final = 3
_LONGEST_NUMBER: Final = 15  # a date, or a subscriber number (ITU-T E.164)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_BETWEEN: Final = re.compile(r"[\W_]+")
# As people disguise a word; 1 is i or l.
_DISGUISES: Final = (
    str.maketrans("01345789@$!", "oieastbgasi"),
    str.maketrans("01345789@$!", "oleastbgasi"),
)

_WORDS_TEXT: Final = """
access account admin administrator agent aleksandr aleksey alexander alexey amanda
andrea andrei andrew andrey angel anna anthony apple april arsenal asdf asdfgh ashley
august austin autumn azerty banana baseball basketball batman beautiful blink bond boss
box buster butterfly cameron cdtnf center centre chance changeit changeme charlie cheese
chelsea chicken chocolate christian christmas computer connect cookie cowboy daniel
december default demo dennis dinamo dmitriy dmitry dragon dynamo eagles elena elephant
email enter everton fall family february ferrari fktrctq flower football forever freedom
friday friend friends fylhtq galaxy gateway george gfhjkm ghbdtn ginger gmail google
guest guitar hammer hannah harley heaven hello helpdesk hockey holiday home hotmail
house hunter iloveyou inbox internet irina ironman ivan ivanov jackson james january
jasmine jennifer jessica jesus jordan joseph joshua julia july june justin katya kiev
killer king knight kotenok kyiv lakers letmein liverpool login london love lovely loveme
lover lublu lubov maggie maksim manager march marina martin master matrix matthew
maverick maxim may mercedes merlin michael michelle midnight modem monday money monkey
monster morgan moscow mother mustang myself naruto natasha nathan network nicole nikita
nobody november number october office oksana olga online open operator oracle orange
parol pass passcode passwd password patrick peanut peter phoenix phone player please
pokemon princess private privet public purple qazwsx qwer qwerty qwertyuiop qwertz
rachel rainbow ranger raspberry robert root russia samantha samsung saturday secret
secure security september sergei sergey server service seventy shadow shakhtar silver
simple simpson smart smpp sms snoopy soccer solnce solnyshko sophie spartak spider
spiderman spring starwars steelers stella summer sunday sunshine super superman
supervisor support svetlana sweet switch sysadmin system tatiana tatyana taylor temp
temporary tennis test tester testing thomas thunder thursday tiger tigger tinker trainee
trustno1 trustnoone tuesday ukraine user vanessa vfhbyf victoria vladimir warrior
wednesday welcome whatever william winter wizard work yankees yellow yfnfif yulia zenit
zvezda zxcvb zxcvbn

август админ администратор адміністратор александр алексей андрей андрій апрель березень
вересень весна владимир володимир воскресенье вторник вход вівторок грудень декабрь
деньги динамо дмитрий дмитро доступ друг елена жовтень зайка звезда зенит зима зірка
иван иванов ирина июль июнь йцукен катя квітень киев київ котенок котёнок кохання кохаю
лето липень листопад люблю любовь лютий літо май максим мама марина март москва наталя
наташа неділя немає никита ноябрь оксана октябрь олександр олексій олена ольга оператор
осень п'ятниця папа парол пароль паролю понедельник понеділок привет привіт пятница
россия светлана світлана секрет секретно семья сентябрь сергей сергій серпень система
солнце солнышко сонечко сонце спартак среда суббота субота січень татьяна тест тетяна
травень удача украина україна февраль червень четвер четверг шахтар юлия юлія январь
ірина
"""
_WORDS: Final = frozenset(
    plain
    for word in _WORDS_TEXT.split()
    for plain in (word, *(word.translate(disguise) for disguise in _DISGUISES))
)
_LONGEST_WORD: Final = max(map(len, _WORDS))
_ROWS: Final = tuple(
    row
    for along in (
        "1234567890-=",
        "01234567890",
        "!@#$%^&*()_+",
        "qwertyuiop[]",
        "asdfghjkl;'",
        "zxcvbnm,./",
        "azertyuiop",
        "qwertzuiop",
        "йцукенгшщзхъ",
        "йцукенгшщзхї",
        "фывапролджэ",
        "фівапролджє",
        "ячсмитьбю.",
        "abcdefghijklmnopqrstuvwxyz",
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
        "1q2w3e4r5t6y7u8i9o0p",
        "q1w2e3r4t5y6u7i8o9p0",
        "1a2b3c4d5e6f7g8h9i0j",
        "qawsedrftgyhujikolp",
        "1й2ц3у4к5е6н7г8ш9щ0з",
        "й1ц2у3к4е5н6г7ш8щ9з0",
    )
    for row in (along, along[::-1])
)


def is_guessed_soon(password: str, *, about: Iterable[str] = ()) -> bool:
    """Whether it is among what is tried first; `about`: names of its owner."""
    simple = password.casefold()
    if len(set(simple)) < FEWEST_LETTERS:
        return True
    if simple.isdecimal() and len(simple) <= _LONGEST_NUMBER:
        return True
    if _period(simple) < SHORTEST_REPEATED:
        return True
    return pieces(simple, words_of(about)) < FEWEST_PIECES


def words_of(names: Iterable[str]) -> frozenset[str]:
    """What of somebody's names stands in a password: each whole, and its parts."""
    simple = [name.casefold() for name in names]
    parts = [part for name in simple for part in (name, *_BETWEEN.split(name))]
    return frozenset(part for part in parts if len(part) >= _SHORTEST_WORD)


def pieces(simple: str, own: frozenset[str] = frozenset()) -> int:
    """The fewest pieces that a text in small letters is made of."""
    spelled = [simple, *(simple.translate(disguise) for disguise in _DISGUISES)]
    longest_word = max([_LONGEST_WORD, *map(len, own)])
    fewest = [0] * (len(simple) + 1)
    for start in range(len(simple) - 1, -1, -1):
        ends = {start + 1, _end_of_repeat(simple, start)}
        ends.update(_ends_of_runs(simple, start))
        if _YEAR.match(simple, start):
            ends.add(start + 4)
        last = min(len(simple), start + longest_word)
        for end in range(start + _SHORTEST_WORD, last + 1):
            spellings = {one[start:end] for one in spelled}
            if not (_WORDS.isdisjoint(spellings) and own.isdisjoint(spellings)):
                ends.add(end)
        fewest[start] = 1 + min(fewest[end] for end in ends)
    return fewest[0]


def _period(text: str) -> int:
    """The length of what a text says again and again: its own, if it does not."""
    return (text + text).index(text, 1)


def _end_of_repeat(text: str, start: int) -> int:
    """Where a sign and the same signs behind it end."""
    end = start + 1
    while end < len(text) and text[end] == text[start]:
        end += 1
    return end


def _ends_of_runs(text: str, start: int) -> range:
    """Where the runs along a row may end, if there is one."""
    end = start + _SHORTEST_RUN
    while end <= len(text) and any(text[start:end] in row for row in _ROWS):
        end += 1
    return range(start + _SHORTEST_RUN, end)
