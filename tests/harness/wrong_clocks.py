"""Workers and a beat whose machines have the wrong time: started in place of the nursery.

`HARNESS_CLOCKS`: how many seconds ahead each worker is, with commas between ("jump": another hour
or day at every message, and a day back in the middle of each delivery); `HARNESS_BEAT_CLOCK`: how
many beat is. Only what tells the time of day is moved; the monotonic clock is nobody's to set.
"""

import datetime as dt
import functools
import os
import random

import django
import requests.adapters
import time_machine
from celery.signals import task_prerun

DAY = 86400.0
JUMPS = (-DAY, -3600.0, 3600.0, DAY)


def set_clock(seconds: float) -> time_machine.Traveller:
    """For the rest of this process."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    return time_machine.travel(moment, tick=True).start()


def jump(clock: time_machine.Traveller) -> None:
    """To another day at each message, and back in mid-delivery."""
    dice = random.Random(os.getpid())

    def at_message(**_options: object) -> None:
        clock.shift(dice.choice(JUMPS))

    task_prerun.connect(at_message, weak=False)
    send = requests.adapters.HTTPAdapter.send

    @functools.wraps(send)
    def after_stepping_back(*args, **options):
        clock.shift(-DAY / 2)
        answer = send(*args, **options)
        clock.shift(DAY)
        return answer

    requests.adapters.HTTPAdapter.send = after_stepping_back


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serve_opg.settings")
    django.setup()
    from devstack.chaos import nursery  # noqa: PLC0415  (needs Django)

    wanted = os.environ["HARNESS_CLOCKS"].split(",")
    of_beat = float(os.environ["HARNESS_BEAT_CLOCK"])

    class Wrong(nursery.Nursery):
        def _be_worker(self) -> None:
            mine = wanted[self._born % len(wanted)]
            clock = set_clock(0 if mine == "jump" else float(mine))
            if mine == "jump":
                jump(clock)
            super()._be_worker()

        def _be_beat(self) -> None:
            set_clock(of_beat)
            super()._be_beat()

    nursery.Nursery = Wrong
    nursery.main()


if __name__ == "__main__":
    main()
