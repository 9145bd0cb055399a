"""SavedModels that take ids or raw strings and need nothing of this package to run."""

import inspect
import pathlib

import tensorflow as tf

from bert_tf.errors import UserError
from bert_tf.files import whole_folder
from bert_tf.files.writing import is_as_written
from bert_tf.models.half_precision import HalfPrecisionKernels


class TaskModule(tf.Module):
    """A task's model with its tokenizer, in the two functions that a SavedModel offers.

    `ids` takes the model's inputs, int32, and gives its outputs. `text` takes strings [B] and gives
    the answers in the task's terms: see `serve` of the task. With mixed precision, the dense layers'
    kernels are saved in half precision.

    Args:
        model: The task's Keras model.
        task: The task (see `tasks/kinds.py`).
        tokenizer: The `InGraphTokenizer`, whose tables are saved along.
        max_seq_length: Longest sequence that `text` makes, in word pieces.
        max_positions: The longest sequence the model takes.
    """

    def __init__(self, model, task, tokenizer, max_seq_length, max_positions):
        super().__init__(name=model.name)
        # Named so that their variables and tables are saved along.
        kernels = HalfPrecisionKernels(model)
        self._weights = [variable.value for variable in kernels.replaced(model.variables)]
        self._tokenizer = tokenizer
        specs = [tf.TensorSpec(value.shape, tf.int32, name=name) for name, value in model.input.items()]

        @tf.function(input_signature=specs)
        def ids(*values):
            inputs = {name: _wide_enough(value) for name, value in zip(model.input, values)}
            too_long = f"the sequences are longer than the {max_positions} positions of the model"
            tf.debugging.assert_less_equal(tf.shape(inputs["input_ids"])[-1], max_positions, too_long)
            with kernels.in_use():
                return model(inputs, training=False)

        self.ids = ids
        text = task.serve(
            lambda inputs: ids(*(inputs[name] for name in model.input)), tokenizer, max_seq_length
        )
        self.text = tf.function(text, input_signature=_text_signature(text))


def _wide_enough(ids):
    """Sequences [..., S] as they are; those of an empty batch without a width, [0, 0], with a width of 1."""
    missing = tf.maximum(1 - tf.shape(ids)[-1] - tf.reduce_prod(tf.shape(ids)[:-1]), 0)
    return tf.pad(ids, [[0, 0]] * (ids.shape.rank - 1) + [[0, missing]])


def _text_signature(text):
    """A spec for each parameter: the one it is annotated with, else strings [B]."""
    specs = {name: parameter.annotation for name, parameter in inspect.signature(text).parameters.items()}
    strings = tf.TensorSpec([None], tf.string)
    return [
        tf.TensorSpec.from_spec(spec if isinstance(spec, tf.TensorSpec) else strings, name)
        for name, spec in specs.items()
    ]


def export_task(module, export_dir, files=None):
    """Writes a SavedModel with the signatures `serving_default` (ids) and `text` (strings).

    It is there whole or not at all; what an export wrote there before, and nothing else, is replaced
    (`workflow/outputs.py` looks beforehand whether something is in the way).

    Args:
        module: A `TaskModule`.
        export_dir: The folder to write.
        files: Bytes of further files to write into it, by name.

    Raises:
        UserError: If the folder cannot be written.
    """
    signatures = {"serving_default": module.ids, "text": module.text}
    try:
        with whole_folder(export_dir, may_replace=is_as_written, lists_files=True) as partial:
            tf.saved_model.save(module, partial, signatures)
            for name, content in (files or {}).items():
                pathlib.Path(partial, name).write_bytes(content)
    except (tf.errors.OpError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise UserError(
            f"--export_dir={export_dir}: cannot be written ({reason}): choose another folder"
        ) from None
