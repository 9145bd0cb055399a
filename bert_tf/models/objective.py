"""What training minimizes and reports, in a form that lets a batch be gone through in parts."""

import abc

from keras import ops


class Objective(abc.ABC):
    """Figures of a batch, each the quotient of a sum over its examples and a total known beforehand.

    The sums of a batch's parts add up to that of the whole, and so do their gradients; the
    totals come from the labels alone. So gradients that were accumulated over parts are those
    of the whole batch, also where the parts hold different numbers of masked words.

    Attributes:
        names: The figures' names.
        losses: Those of them whose sum is minimized.
    """

    names = ()
    losses = ()

    @abc.abstractmethod
    def totals(self, batch):
        """What each sum is to be divided by, a scalar each by name."""

    @abc.abstractmethod
    def sums(self, outputs, batch):
        """The sums of a batch or of a part of one, a scalar each by name."""

    def means(self, outputs, batch):
        """The figures of a whole batch."""
        totals = self.totals(batch)
        return {name: value / totals[name] for name, value in self.sums(outputs, batch).items()}


class MeanLoss(Objective):
    """The mean of the examples' losses, each with its weight: Σ w·l / Σ w.

    The weights of a batch are so relative to one another, as PyTorch's cross-entropy takes those of
    the classes; the learning rate keeps its meaning whatever they sum up to.

    Args:
        loss: From outputs and a batch to its examples' losses, [B].
        weights: From a batch to its examples' weights, float32 [B]; all 1 by default.
    """

    names = losses = ("loss",)

    def __init__(self, loss, weights=None):
        self._loss = loss
        self._weights = weights

    def totals(self, batch):
        if self._weights:
            return {"loss": ops.sum(self._weights(batch))}
        return {"loss": ops.cast(ops.shape(batch["input_ids"])[0], "float32")}

    def sums(self, outputs, batch):
        losses = self._loss(outputs, batch)
        return {"loss": ops.sum(self._weights(batch) * losses if self._weights else losses)}
