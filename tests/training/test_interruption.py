"""Interruptions wait for the end of a block, and are not lost."""

import signal
import threading

import pytest

from bert_tf.training.interruption import uninterrupted


@pytest.fixture(autouse=True)
def handlers():
    """Ctrl-C interrupts during a test, also where tests run in the background; handlers are put back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def terminated(handlers):
    """Has SIGTERM noted in a list for the time of a test."""
    numbers = []
    signal.signal(signal.SIGTERM, lambda number, frame: numbers.append(number))
    return numbers


def test_an_interruption_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt):
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("the rest of the block")
        done.append("what comes after it")
    assert done == ["the rest of the block"]


def test_the_programs_own_handler_gets_the_signal_and_stays(terminated):
    handler = signal.getsignal(signal.SIGTERM)
    with uninterrupted():
        signal.raise_signal(signal.SIGTERM)
        assert terminated == []
    assert terminated == [signal.SIGTERM] and signal.getsignal(signal.SIGTERM) is handler
    with uninterrupted():
        pass
    assert len(terminated) == 1 and signal.getsignal(signal.SIGTERM) is handler


def test_a_second_one_does_not_wait(terminated):
    with pytest.raises(KeyboardInterrupt):
        with uninterrupted():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            pytest.fail("went on after two interruptions")


def test_what_is_ignored_stays_ignored_and_is_no_first_one(terminated):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        assert terminated == []
    assert terminated == [signal.SIGTERM] and signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_an_error_in_the_block_puts_the_handlers_back(terminated):
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError, match="broken"):
        with uninterrupted():
            raise ValueError("broken")
    assert signal.getsignal(signal.SIGTERM) is handler


def test_runs_in_threads_too():
    done = []

    def work():
        with uninterrupted():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
