"""Which part of the network learns how fast, and which not at all."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bert_tf.config import BertConfig
from bert_tf.models.classification import bert_classifier
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.optimization.decayed_moments import matches
from bert_tf.optimization.layerwise import frozen_parts, layerwise_rates

# More than ten layers, so that layer_1 could be taken for layer_11.
CONFIG = BertConfig(
    vocab_size=9,
    hidden_size=4,
    num_hidden_layers=12,
    num_attention_heads=1,
    intermediate_size=4,
    max_position_embeddings=4,
    type_vocab_size=2,
)


@pytest.fixture(scope="module")
def variables():
    return bert_classifier(CONFIG, 2).trainable_variables


def test_every_variable_moves_by_its_share_of_the_rate(variables):
    """Without decay of weights, and with equal gradients, an update is as long as the rate."""
    optimizer = AdamWeightDecay(
        0.01, weight_decay_rate=0.0, rates=layerwise_rates(12, 0.5), global_clipnorm=None
    )
    ours = [keras.Variable(np.zeros(variable.shape), name=variable.name) for variable in variables]
    for copy, variable in zip(ours, variables):
        copy._path = variable.path
    optimizer.apply([tf.ones(variable.shape) for variable in ours], ours)
    full = -0.01 * 0.1 / np.sqrt(0.001)
    for variable in ours:
        parts = variable.path.split("/")
        if "embeddings" in parts:
            power = 13
        elif "encoder" in parts:
            power = 12 - int(parts[2].removeprefix("layer_"))
        else:
            power = 0  # Pooler and head.
        np.testing.assert_allclose(variable.numpy(), full * 0.5**power, rtol=1e-4, err_msg=variable.path)


def test_the_rates_are_saved_with_the_optimizer():
    optimizer = AdamWeightDecay(rates=layerwise_rates(2, 0.9))
    config = keras.optimizers.serialize(optimizer)
    again = keras.optimizers.deserialize(config)
    assert again.rates == optimizer.rates
    assert again.rates[0] == ("(^|/)embeddings/", pytest.approx(0.9**3))


def test_frozen_parts(variables):
    def frozen(*arguments):
        return {v.path for v in variables if matches(frozen_parts(*arguments), v)}

    assert frozen(False, 0) == set()
    assert {path.split("/")[1] for path in frozen(True, 0)} == {"embeddings"} and len(frozen(True, 0)) == 5
    assert {path.split("/")[2] for path in frozen(False, 2)} == {"layer_0", "layer_1"}
    everything = {path.split("/")[1] for path in {v.path for v in variables} - frozen(True, 12)}
    assert everything == {"pooler", "output_weights", "output_bias"}
