"""The handler of Ctrl-C and the counter it raises."""

import signal
import threading

import pytest

from recudf import interrupts
from recudf.errors import Interrupted


@pytest.fixture(autouse=True)
def handler_kept():
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_only_earlier_work_is_asked_to_stop():
    since = interrupts.generation()
    interrupts.check(since)
    interrupts.raise_generation()
    with pytest.raises(Interrupted):
        interrupts.check(since)
    interrupts.check(interrupts.generation())


def test_ctrl_c_raises_the_counter_once_and_calls_the_handler_before():
    called = []
    signal.signal(signal.SIGINT, lambda number, frame: called.append(number))
    interrupts.install()
    interrupts.install()
    since = interrupts.generation()
    signal.raise_signal(signal.SIGINT)
    assert called == [signal.SIGINT]
    assert interrupts.generation() == since + 1


def test_python_still_raises_keyboard_interrupt():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupts.install()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_ignored_signal_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.install()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_other_threads_cannot_install_and_need_not():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupts.install)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
