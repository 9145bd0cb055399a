"""Too little memory: what no machine holds is refused before it is allocated, the rest is told in a line."""

import contextlib
import os

from bert_tf.errors import UserError, is_out_of_memory

# An example's number, 64 bits, in each of the copies that are made on the way to TensorFlow.
_ORDER_BYTES = 8 * 4
# A number in half precision.
_ACTIVATION_BYTES = 2
# Its id, its mask and its segment, 32 bits each.
_INPUT_BYTES = 4 * 3


def machine_memory():
    """The machine's memory in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def check_batch_memory(flag, batch_size, num_tokens, config, parts=1):
    """Refuses a batch of which not even its ids, or the widest part of one layer, have room.

    A batch takes many times as much, so this refuses none that fits; the others show when they are tried.

    Args:
        flag: The flag that says how large the batch is.
        batch_size: Its examples.
        num_tokens: Tokens of each, at least.
        config: The `BertConfig`.
        parts: How many such batches are read at once (--gradient_accumulation_steps).

    Raises:
        UserError: If it has no room.
    """
    token_bytes = max(config.intermediate_size * _ACTIVATION_BYTES, parts * _INPUT_BYTES)
    least = batch_size * num_tokens * token_bytes
    if least > machine_memory():
        others = f" with --gradient_accumulation_steps={parts}" if parts > 1 else ""
        raise UserError(
            f"--{flag}={batch_size}{others}: sequences of {num_tokens} tokens, so many, take {_size(least)} "
            f"at the very least, this machine has {_size(machine_memory())}: lower it"
        )


def check_encoded_memory(flag, options, encoded, config):
    """As `check_batch_memory`, for batches of `EncodedExamples`, whose sequences differ in length."""
    num_sequences = max(1, len(encoded.row_splits) - 1)
    batch_size, parts = getattr(options, flag), 1
    if flag == "train_batch_size":  # Which may be of several epochs.
        parts = options.gradient_accumulation_steps
    else:
        batch_size = min(batch_size, num_sequences)
    check_batch_memory(flag, batch_size, len(encoded.input_ids) // num_sequences, config, parts)


def check_order_memory(num_examples, num_epochs):
    """Refuses more epochs than there is room for the order in which they go through the examples.

    Raises:
        UserError: If it has no room.
    """
    total = num_epochs * num_examples
    if total * _ORDER_BYTES > machine_memory():
        most = int(machine_memory() / (_ORDER_BYTES * num_examples))
        raise UserError(
            f"--num_train_epochs={num_epochs:g}: so often {num_examples:,} examples are {total:.3g}, whose "
            f"order takes {_size(total * _ORDER_BYTES)}, this machine has {_size(machine_memory())}: give at "
            f"most {most:,}"
        )


@contextlib.contextmanager
def training_memory():
    """A context of training: where memory does not suffice, raises UserError that says what to lower."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise UserError(
            "out of memory in training: lower --train_batch_size, and raise --gradient_accumulation_steps by "
            "as much for the same results; or lower --max_seq_length, or give --recompute=true"
        ) from None


def _size(num_bytes):
    return f"{num_bytes / 1e9:,.1f} GB"
