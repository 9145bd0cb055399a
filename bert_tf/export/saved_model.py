"""SavedModels that take ids or raw strings and need nothing of this package to run."""

import os
import shutil

import tensorflow as tf

from bert_tf.errors import UserError


def _string(name):
    return tf.TensorSpec([None], tf.string, name=name)


def _ids(name):
    return tf.TensorSpec([None, None], tf.int32, name=name)


class ClassifierModule(tf.Module):
    """A classifier with its tokenizer, in the two functions that a SavedModel offers.

    `ids(input_ids, input_mask, segment_ids)`, int32 [B, S] each, gives `probabilities`,
    float32 [B, C]. `text(text_a, text_b)`, string [B] each, gives them too, and `label`,
    string [B], the name of the likeliest; `text_b` may be left out, and "" is none.

    Args:
        model: A `bert_classifier`.
        encode: From `text_a` and `text_b`, string [B], to ragged `input_ids` and
            `segment_ids` [B, None] and `truncated`, bool [B].
        tokenizer: The `InGraphTokenizer` that `encode` uses, whose tables are saved along.
        labels: The names of the labels, in the order of the probabilities.
        max_positions: The longest sequence the model takes.
    """

    def __init__(self, model, encode, tokenizer, labels, max_positions):
        super().__init__(name="bert_classifier")
        # Named so that their variables and tables are saved along.
        self._weights = [variable.value for variable in model.variables]
        self._tokenizer = tokenizer

        @tf.function(input_signature=[_ids("input_ids"), _ids("input_mask"), _ids("segment_ids")])
        def ids(input_ids, input_mask, segment_ids):
            too_long = f"the sequences are longer than the {max_positions} positions of the model"
            tf.debugging.assert_less_equal(tf.shape(input_ids)[1], max_positions, too_long)
            inputs = {"input_ids": input_ids, "input_mask": input_mask, "segment_ids": segment_ids}
            return {"probabilities": model(inputs, training=False)["probabilities"]}

        @tf.function(input_signature=[_string("text_a"), _string("text_b")])
        def text(text_a, text_b=tf.constant([""])):
            text_b = tf.broadcast_to(text_b, tf.shape(text_a))
            input_ids, segment_ids, _ = encode(text_a, text_b)
            mask = tf.ones_like(input_ids).to_tensor()
            outputs = ids(input_ids.to_tensor(), mask, segment_ids.to_tensor())
            best = tf.argmax(outputs["probabilities"], axis=-1)
            return {**outputs, "label": tf.gather(tf.constant(labels), best)}

        self.ids, self.text = ids, text


def export_classifier(module, export_dir):
    """Writes a SavedModel with the signatures `serving_default` (ids) and `text` (strings).

    It is written beside `export_dir` and then renamed, so that it is there whole or
    not at all; a SavedModel that was there before is replaced
    (`output_dir.check_export_dir` refuses any other folder).

    Args:
        module: A `ClassifierModule`.
        export_dir: The folder to write.

    Raises:
        UserError: If the folder cannot be written.
    """
    export_dir = os.path.abspath(export_dir)
    partial, old = f"{export_dir}.partial", f"{export_dir}.old"
    signatures = {"serving_default": module.ids, "text": module.text}
    try:
        for leftover in (partial, old):
            shutil.rmtree(leftover, ignore_errors=True)
        tf.saved_model.save(module, partial, signatures)
        if os.path.isdir(export_dir):
            os.replace(export_dir, old)
        os.replace(partial, export_dir)
        shutil.rmtree(old, ignore_errors=True)
    except (tf.errors.OpError, OSError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        reason = str(error).splitlines()[0]
        raise UserError(
            f"--export_dir={export_dir}: cannot be written ({reason}): choose another folder"
        ) from None
