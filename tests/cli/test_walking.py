"""The blind walker on the command line: whoever knows only the JSON of the contract gets to an end."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from support.small import framework
from support.walker import Walker

EVERY_ROLE = ",".join(framework().roles)


class Typed:
    """The verbs that the walker needs, typed at a command line, each a second after the last."""

    def __init__(self, loop):
        self.loop = loop
        self.now = datetime(2017, 1, 9, 9)

    def call(self, *args):
        self.now += timedelta(seconds=1)
        answer = self.loop.rehearse(*args, "--json", now=f"{self.now.isoformat()}Z")
        assert answer.status in (0, 1), answer
        return answer.json

    def why(self, case):
        return self.call("why", case)

    def record(self, case, fact, value):
        self.call("record", case, f"{fact}={value}", "--evidence", "minute 7", "--role", EVERY_ROLE)

    def fire(self, case, event, *, role, agency, reason):
        words = ["--role", role]
        words += [] if agency is None else ["--agency", agency]
        words += [] if reason is None else ["--reason", reason]
        return self.call("fire", case, event, *words)

    def wait_until(self, day):
        self.now = datetime.combine(date.fromisoformat(day), self.now.time())

    def today(self):
        return self.now.date().isoformat()


@pytest.mark.parametrize("seed", range(3))
def test_the_walker_brings_a_case_to_an_end(loop, seed):
    typed = Typed(loop)
    case = typed.call("open", "review")["case"]

    end = Walker(typed, Random(seed)).walk(case)

    assert end["ended"]
    assert typed.call("audit")["ok"]
