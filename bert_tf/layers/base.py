"""What every layer of the model shares: it is made from one BertConfig."""

import keras
from keras import ops

from bert_tf.config import BertConfig
from bert_tf.layers.dropout import dropout
from bert_tf.layers.formulas import gelu, gelu_of_sum, hashed_dropout_of_sum, norm_of_sum
from bert_tf.layers.fusion import is_fusing

# Google's `modeling.py` gives this to every layer_norm; Keras's default is 1e-3.
LAYER_NORM_EPSILON = 1e-12

_ACTIVATIONS = {
    "gelu": gelu,
    "relu": keras.ops.relu,
    "tanh": keras.ops.tanh,
    "linear": None,
    "": None,
}


def activation(name):
    """The function that `hidden_act` names (Google's `modeling.get_activation`)."""
    return _ACTIVATIONS[(name or "").lower()]


class FlatDense(keras.layers.Dense):
    """A dense layer that takes its inputs as one matrix (Google's `reshape_to_matrix`).

    Product, bias and activation of a matrix are one operation to TensorFlow wherever nothing
    is differentiated.
    """

    def call(self, inputs, add_bias=True):
        """Maps [..., width] to [..., units]; without bias and activation, if told so."""
        *places, width = ops.shape(inputs)
        rows = ops.reshape(inputs, (-1, width))
        if not add_bias:
            outputs = ops.matmul(rows, self.kernel)
        elif self.activation is gelu and is_fusing(self.units):
            outputs = gelu_of_sum(ops.matmul(rows, self.kernel), ops.copy(self.bias))
        else:
            outputs = super().call(rows)
        return ops.reshape(outputs, (*places, self.units))


class ConfiguredLayer(keras.Layer):
    """A layer whose sizes all come from one `BertConfig`, with which it is saved."""

    def __init__(self, config, **kwargs):
        super().__init__(**kwargs)
        self.config = config if isinstance(config, BertConfig) else BertConfig.from_dict(config)

    def get_config(self):
        return {**super().get_config(), "config": self.config.to_dict()}

    def initializer(self):
        """A fresh normal initializer, truncated at two deviations: an instance reused repeats itself."""
        return keras.initializers.TruncatedNormal(stddev=self.config.initializer_range)

    def dense(self, units, name, activation=None):
        """A dense sub-layer, initialized as Google does."""
        return FlatDense(
            units, activation, kernel_initializer=self.initializer(), dtype=self.dtype_policy, name=name
        )

    def layer_norm(self):
        """A LayerNorm sub-layer over the last axis."""
        return keras.layers.LayerNormalization(
            epsilon=LAYER_NORM_EPSILON, dtype=self.dtype_policy, name="LayerNorm"
        )


class Projection(ConfiguredLayer):
    """A dense layer inside a scope of its own, as Google's `intermediate/dense` and `pooler/dense`.

    Maps [..., width] to [..., units].
    """

    def __init__(self, config, units, activation=None, **kwargs):
        super().__init__(config, **kwargs)
        self.projection = self.dense(units, "dense", activation)

    def build(self, input_shape):
        self.projection.build(input_shape)

    def call(self, inputs):
        return self.projection(inputs)


class ResidualOutput(ConfiguredLayer):
    """Ends a sub-layer: LayerNorm(residual + dropout(dense(inputs))).

    `inputs` [B, S, width] and `residual` [B, S, H] give [B, S, H]
    (Vaswani et al. 2017, section 3.1; Google's `transformer_model`). Without a seed
    nothing is dropped.
    """

    def __init__(self, config, **kwargs):
        super().__init__(config, **kwargs)
        self.projection = self.dense(config.hidden_size, "dense")
        self.normalization = self.layer_norm()

    def build(self, input_shape):
        self.projection.build(input_shape)
        self.normalization.build((*input_shape[:-1], self.config.hidden_size))

    def call(self, inputs, residual, seed=None):
        rate, norm = self.config.hidden_dropout_prob, self.normalization
        if seed is None or not is_fusing(self.config.hidden_size):
            return norm(residual + dropout(self.projection(inputs), rate, seed))
        # Their values, not the variables.
        bias, gamma, beta = (ops.copy(weight) for weight in (self.projection.bias, norm.gamma, norm.beta))
        product = self.projection(inputs, add_bias=False)
        kept = hashed_dropout_of_sum(product, bias, rate, seed)
        return norm_of_sum(kept, residual, gamma, beta, norm.epsilon)
