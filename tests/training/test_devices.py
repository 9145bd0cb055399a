"""What the model runs on."""

import pytest

from bert_tf import UserError
from bert_tf.training.devices import check_tpu


def test_tpus_are_refused_plainly():
    check_tpu(False)
    with pytest.raises(UserError, match="--use_tpu=true: this package trains on GPU or CPU"):
        check_tpu(True)
