"""What is wrong with a record of pretraining data, in words: for the one record that was refused."""

# From a feature's kind in a `tf.train.Example` to what it holds; None is a feature without values.
_KINDS = {
    "int64_list": "whole numbers",
    "float_list": "floating point numbers",
    "bytes_list": "bytes",
    None: "nothing",
}

_MAKE_ANEW = "make the file anew with create_pretraining_data.py"
_OTHER_CONFIG = "give the bert_config.json that the records were made for"

# An id that create_pretraining_data.py does not write; no other bert_config.json would help.
_BEYOND_ANY_VOCABULARY = 1 << 28

# The limits that bert_config.json sets, by feature.
_CONFIGURED = {"input_ids": "vocab_size", "masked_lm_ids": "vocab_size", "segment_ids": "type_vocab_size"}


def problem_of(serialized, records):
    """What keeps a record from being trained on, and what to do.

    Args:
        serialized: The record's bytes.
        records: The `PretrainingRecords` it should be one of.

    Returns:
        One line, to stand behind the record's place; None where nothing is wrong.
    """
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    try:
        found = tf.train.Example.FromString(serialized).features.feature
    except DecodeError:
        return f"no tf.train.Example: {_MAKE_ANEW}"
    problem = _problem_of_shape(found, records)
    if problem:
        return problem
    values = {name: getattr(found[name], kind).value for name, kind in records.kinds.items()}
    return _problem_of_values(values, records)


def _problem_of_shape(found, records):
    for name, length in records.lengths.items():
        if name not in found:
            return f"without {name}: {_MAKE_ANEW}"
        kind, wanted = found[name].WhichOneof("kind"), records.kinds[name]
        if kind != wanted:
            return f"{name} holds {_KINDS[kind]}, not {_KINDS[wanted]}: {_MAKE_ANEW}"
        count = len(getattr(found[name], kind).value)
        if count != length:
            option = records.option_of(name)
            wanted = f"{option} is {length}" if option else f"needs {length}"
            return f"{count} {name}, but {wanted}: {_MAKE_ANEW}"
    return None


def _problem_of_values(values, records):
    for name, limit in records.limits.items():
        impossible = [value for value in values[name] if not 0 <= value < limit]
        if impossible and name in _CONFIGURED and impossible[0] >= 0:
            remedy = _OTHER_CONFIG if impossible[0] < _BEYOND_ANY_VOCABULARY else _MAKE_ANEW
            return f"{impossible[0]} in {name}, but {_CONFIGURED[name]} is {limit}: {remedy}"
        if impossible:
            return f"{impossible[0]} in {name}, not from 0 to {limit - 1}: {_MAKE_ANEW}"
    for position, weight in zip(values["masked_lm_positions"], values["masked_lm_weights"]):
        if weight not in (0, 1):
            return f"{weight} in masked_lm_weights, neither 0 nor 1: {_MAKE_ANEW}"
        if weight and not values["input_mask"][position]:
            return f"{position} in masked_lm_positions, where input_mask says padding: {_MAKE_ANEW}"
    return None
