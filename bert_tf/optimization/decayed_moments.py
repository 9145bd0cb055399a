"""What the optimizers of BERT share: clipping, moments of the gradients, decoupled weight decay."""

import re

import keras
from keras import ops

# Google's list: the parameters that the decay leaves alone, as patterns found anywhere in the path.
NO_WEIGHT_DECAY = ("LayerNorm", "layer_norm", "bias")


class DecayedMoments(keras.optimizers.Optimizer):
    """Keeps m ← β₁·m + (1 − β₁)·g and v ← β₂·v + (1 − β₂)·g² for each variable.

    A subclass defines `update_step`, from `update_moments` and `decayed_update`.

    Args:
        learning_rate: A float or a Keras `LearningRateSchedule`.
        weight_decay_rate: Share of each weight that is added to its update.
        beta_1: Decay of the mean of the gradients.
        beta_2: Decay of the mean of their squares.
        epsilon: Added to the root of the latter.
        no_weight_decay: Patterns (regular expressions); a variable is not decayed
            if one is found in its path.
        **kwargs: Further arguments of `keras.optimizers.Optimizer`.
    """

    def __init__(self, learning_rate, weight_decay_rate, beta_1, beta_2, epsilon, no_weight_decay, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.weight_decay_rate = weight_decay_rate
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.no_weight_decay = tuple(no_weight_decay)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._m, self._v = self.add_optimizer_variables(variables, ["adam_m", "adam_v"])
        # Decided here by path: `update_step` gets TensorFlow's own variables, which have none.
        self._decayed = [bool(self.weight_decay_rate) and self.decays(variable) for variable in variables]

    def slots(self):
        """Yields (path of the weight, name of the slot, slot variable), as checkpoints name them."""
        for index, variable in enumerate(self._trainable_variables):
            yield variable.path, "adam_m", self._m[index]
            yield variable.path, "adam_v", self._v[index]

    def decays(self, variable):
        """Whether weight decay applies to a variable."""
        return not matches(self.no_weight_decay, variable)

    def apply(self, grads, trainable_variables=None):
        # TensorFlow gives the word embeddings' gradient by row, a row once for each time it was
        # looked up, but the norm to clip by is that of the rows' sums. Reshaping sums them.
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        grads = [
            ops.reshape(grad, variable.shape) if hasattr(grad, "indices") else grad
            for grad, variable in zip(grads, variables, strict=True)
        ]
        super().apply(grads, trainable_variables)

    def update_moments(self, index, gradient):
        """Counts a gradient into the moments of the variable at `index`; gives both, m and v."""
        m, v = self._m[index], self._v[index]
        gradient = ops.cast(gradient, m.dtype)
        self.assign(m, self.beta_1 * m + (1.0 - self.beta_1) * gradient)
        self.assign(v, self.beta_2 * v + (1.0 - self.beta_2) * ops.square(gradient))
        return m, v

    def decayed_update(self, index, m, v, variable):
        """m / (√v + ε) + weight_decay_rate · w, the latter where the variable at `index` is decayed."""
        update = m / (ops.sqrt(v) + self.epsilon)
        return update + self.weight_decay_rate * variable if self._decayed[index] else update

    def get_config(self):
        return {
            **super().get_config(),
            "weight_decay_rate": self.weight_decay_rate,
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "no_weight_decay": list(self.no_weight_decay),
        }


def matches(patterns, variable):
    """Whether one of the regular expressions is found in a variable's path."""
    return any(re.search(pattern, variable.path) for pattern in patterns)
