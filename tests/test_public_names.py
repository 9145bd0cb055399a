"""What `import bert_tf` offers, and how little it loads."""

import subprocess
import sys

import pytest

import bert_tf


def test_names_load_when_used():
    for name in bert_tf.__all__:
        assert getattr(bert_tf, name).__name__ == name
    assert set(bert_tf.__all__) <= set(dir(bert_tf))


def test_importing_loads_neither_keras_nor_tensorflow():
    program = (
        "import sys, bert_tf; bert_tf.BertConfig(vocab_size=9); bert_tf.FullTokenizer; "
        "print(sorted({'tensorflow', 'keras', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"


def test_encoder_and_optimizer_need_no_tensorflow():
    """On JAX, where importing TensorFlow fails; tests/test_golden.py checks the numbers there."""
    program = """
import os, sys
os.environ["KERAS_BACKEND"] = "jax"
sys.modules["tensorflow"] = None
import numpy as np
from bert_tf import BertConfig, bert_encoder
from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
config = BertConfig(
    vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
for dtype in ("float32", "mixed_bfloat16", "mixed_float16"):
    encoder = bert_encoder(config, dtype=dtype)
    encoder.compile(AdamWeightDecay(1e-3), {"pooled_output": "mse"})
    before = encoder.trainable_variables[0].numpy()
    encoder.fit(np.ones((4, 3), "int32"), {"pooled_output": np.ones((4, 8))}, verbose=0)
    assert not np.array_equal(encoder.trainable_variables[0].numpy(), before)
print("ok")
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stdout == "ok\n", result.stderr


def test_unknown_name():
    with pytest.raises(AttributeError, match="module 'bert_tf' has no attribute 'none'"):
        _ = bert_tf.none
