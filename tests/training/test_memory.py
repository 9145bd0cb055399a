"""What cannot have room is refused with figures; what may have is not."""

import types

import numpy as np
import pytest

from bert_tf.errors import UserError
from bert_tf.training import memory

CONFIG = types.SimpleNamespace(intermediate_size=3072)


@pytest.fixture(autouse=True)
def sixteen_gigabytes(monkeypatch):
    monkeypatch.setattr(memory, "machine_memory", lambda: 16 * 10**9)


def test_batches():
    memory.check_batch_memory("train_batch_size", 20_000, 128, CONFIG)
    with pytest.raises(UserError, match="--train_batch_size=1000000: .*take 786.4 GB.*has 16.0 GB: lower it"):
        memory.check_batch_memory("train_batch_size", 1_000_000, 128, CONFIG)
    with pytest.raises(UserError, match="=32 with --gradient_accumulation_steps=1000000: .*take 49.2 GB"):
        memory.check_batch_memory("train_batch_size", 32, 128, CONFIG, 1_000_000)


def test_batches_of_examples_are_never_larger_than_all_of_them():
    encoded = types.SimpleNamespace(row_splits=np.arange(101) * 20, input_ids=np.zeros(2000, np.int32))
    size = 2**31 - 1
    options = types.SimpleNamespace(
        eval_batch_size=size, train_batch_size=size, gradient_accumulation_steps=1
    )
    memory.check_encoded_memory("eval_batch_size", options, encoded, CONFIG)
    with pytest.raises(UserError, match="--train_batch_size=2147483647: sequences of 20 tokens"):
        memory.check_encoded_memory("train_batch_size", options, encoded, CONFIG)


def test_epochs():
    memory.check_order_memory(400_000, 1000)
    with pytest.raises(
        UserError, match=r"=1e\+09: so often 96 examples are 9.6e\+10.*3,072.0 GB.*most 5,208,333"
    ):
        memory.check_order_memory(96, 1e9)


def test_a_step_that_has_no_room():
    message = "out of memory in training: lower --train_batch_size"
    with pytest.raises(UserError, match=message), memory.training_memory():
        raise MemoryError
    with pytest.raises(ZeroDivisionError), memory.training_memory():
        raise ZeroDivisionError
