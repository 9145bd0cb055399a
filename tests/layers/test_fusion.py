"""The whole model with its formulas compiled, on each backend."""

import os
import subprocess
import sys

import pytest

GRADIENTS = """
import keras
import numpy as np
from bert_tf import BertConfig
from bert_tf.layers.fusion import fusing
from bert_tf.models.classification import bert_classifier, classification_loss

ids = np.array([[2, 4, 5, 3], [2, 6, 3, 0]], "int32")
inputs = {"input_ids": ids, "input_mask": (ids > 0).astype("int32"), "segment_ids": np.zeros((2, 4), "int32")}
labels = np.array([1, 0])

def compiler():
    if keras.backend.backend() == "jax":
        return lambda formula: formula
    from bert_tf.training.devices import formula_compiler
    return formula_compiler()

def gradients(rate, compiler, recompute=False, step=5):
    keras.utils.set_random_seed(0)
    config = BertConfig(
        vocab_size=20, hidden_size=512, num_hidden_layers=3, num_attention_heads=8, intermediate_size=512,
        max_position_embeddings=8, type_vocab_size=2, initializer_range=0.05,
        hidden_dropout_prob=rate, attention_probs_dropout_prob=rate)
    model = bert_classifier(config, 2, recompute=recompute)
    for variable in model.non_trainable_variables:
        if variable.path.endswith("seed_generator_state"):
            variable.assign([11, step])
    with fusing(compiler):
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf
            with tf.GradientTape() as tape:
                loss = sum(classification_loss(model(inputs, training=True), labels))
            found = tape.gradient(loss, model.trainable_variables)
        else:
            import jax
            def loss_of(trainable, other):
                outputs, _ = model.stateless_call(trainable, other, inputs, training=True)
                return sum(classification_loss(outputs, labels))
            groups = model.trainable_variables, model.non_trainable_variables
            found = jax.grad(loss_of)(*([variable.value for variable in group] for group in groups))
    return [keras.ops.convert_to_numpy(keras.ops.reshape(g, v.shape))
            for g, v in zip(found, model.trainable_variables)]

def apart(some, others):
    return max(np.abs(a - b).max() / np.abs(a).max() for a, b in zip(some, others) if np.abs(a).max() > 1e-6)

compiler = compiler()
dropped = gradients(0.3, compiler)
print(apart(gradients(0.0, None), gradients(0.0, compiler)) < 1e-3,
      apart(dropped, gradients(0.3, compiler, recompute=True)) < 1e-3,
      apart(dropped, gradients(0.3, compiler, step=6)) > 1e-1)
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_gradients_are_those_of_plain_operations_and_of_recomputing(backend):
    environment = {**os.environ, "KERAS_BACKEND": backend}
    result = subprocess.run(
        [sys.executable, "-c", GRADIENTS], env=environment, capture_output=True, text=True
    )
    assert result.stdout == "True True True\n", result.stderr[-3000:]
