"""Whether a checkpoint's tensors fit a model, and if not, why: the settings, the scope, or another model."""

from bert_tf.checkpoints.foreign import other_model
from bert_tf.checkpoints.scopes import GOOGLES_SCOPE, encoder_scopes
from bert_tf.checkpoints.tensor_names import encoder_shapes, kind_of_name, num_layers
from bert_tf.errors import UserError


def check_config(reader, config):
    """Makes sure that the encoder of a checkpoint is the one that a configuration describes.

    Args:
        reader: The `CheckpointReader`.
        config: The `BertConfig`.

    Raises:
        UserError: If a variable is missing or has another shape, or if there are more layers.
    """
    shapes = encoder_shapes(config)
    check_present(reader, shapes)
    check_shapes(reader, {name: shape for name, shape in shapes.items() if name in reader.shapes})
    layers = num_layers(reader.shapes)
    if layers != config.num_hidden_layers:
        raise UserError(f"{reader.prefix}: {_layers(layers, config.num_hidden_layers)}")


def check_present(reader, shapes):
    """Raises UserError if a checkpoint lacks one of these variables, unless it may (see `tensor_names.py`)."""
    missing = [name for name in shapes if name not in reader.shapes and not kind_of_name(name).optional]
    if not missing:
        return
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    raise UserError(
        f"{reader.prefix}: variable {missing[0]} {list(shapes[missing[0]])}{more} is missing: "
        f"{_why_missing(reader.shapes, shapes, missing)}"
    )


def _why_missing(found, wanted, missing):
    """What is there instead of the missing variables, and what to do."""
    model = other_model(found)
    if model:
        return f"it is a checkpoint of {model}: give one of BERT"
    scopes = encoder_scopes(found)
    if not scopes:
        tops = sorted({name.split("/")[0] for name in found})
        names = ", ".join(tops[:3]) + (", …" if len(tops) > 3 else "")
        return f"it holds no encoder of BERT (its names begin with {names}): give a checkpoint of BERT"
    if GOOGLES_SCOPE not in scopes and len(scopes) > 1:
        return (
            f"it holds several encoders ({', '.join(scopes)}), of which none has the scope {GOOGLES_SCOPE}: "
            "give a checkpoint with one"
        )
    layers, wanted_layers = num_layers(found), num_layers(wanted)
    if 0 < layers < wanted_layers and all(num_layers([name]) for name in missing):
        return _layers(layers, wanted_layers)
    there = len(wanted.keys() & found.keys())
    return (
        f"it has {there} of the {len(wanted)} variables wanted, so it was not written whole or is of "
        "another model: give a whole checkpoint of BERT"
    )


def _layers(found, wanted):
    return (
        f"it has {found} encoder layers, and num_hidden_layers of the configuration is {wanted}: give the "
        "bert_config.json that belongs to the checkpoint"
    )


def check_shapes(reader, shapes):
    """Raises UserError if a variable that a checkpoint has is of another shape there."""
    for name, shape in shapes.items():
        expected, found = list(shape), list(reader.shapes[name])
        if expected != found:
            raise UserError(
                f"{reader.prefix}: variable {name} is {found} in the checkpoint but {expected} in the "
                f"model{_explanation(name, expected, found)}"
            )


def _explanation(name, expected, found):
    """Which setting the sizes come from, and what to do about it."""
    name = name.removesuffix("/adam_m").removesuffix("/adam_v")
    try:
        kind = kind_of_name(name)
    except KeyError:
        return ""
    if "labels" in kind.sizes:
        return ": it was fine-tuned for other labels; give --new_head=true to start with a new output layer"
    sizes = zip(kind.sizes, expected, found)
    differing = [f"{size} {ours}, not {theirs}" for size, ours, theirs in sizes if ours != theirs]
    return f" ({', '.join(differing)}): give the bert_config.json and vocab.txt that belong to the checkpoint"
