"""How fast the machine multiplies matrices: the ceiling of what any model can reach on it.

    python benchmarks/ceiling.py

Square matrices of --size, in GFLOP/s, the best of several tries; the last line is JSON.
"""

import argparse
import json
import os
import time

PRECISIONS = ("float32", "bfloat16")
_SECONDS = 1.5
_PRODUCTS = 4  # between two looks at the clock


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--library", choices=list(LIBRARIES), default="tensorflow")
    parser.add_argument("--size", type=int, default=0, help="2048 by default, 8192 on an accelerator")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    is_accelerator, product_of = LIBRARIES[arguments.library]()
    size = arguments.size or (8192 if is_accelerator else 2048)
    print(json.dumps({precision: gflops(product_of(size, precision), size) for precision in PRECISIONS}))


def gflops(products, size):
    """The best speed of `products(n)`, which multiplies matrices of this size n times."""
    products(_PRODUCTS)  # compiles, allocates, warms up
    best, end = float("inf"), time.perf_counter() + _SECONDS
    while time.perf_counter() < end:
        started = time.perf_counter()
        products(_PRODUCTS)
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 * _PRODUCTS / best / 1e9


def with_tensorflow():
    import tensorflow as tf

    def product_of(size, precision):
        a = tf.cast(tf.random.normal((size, size)), precision)

        def products(count):
            for _ in range(count):
                result = tf.matmul(a, a)
            result[0, 0].numpy()

        return products

    return bool(tf.config.list_physical_devices("GPU")), product_of


def with_torch():
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"

    def product_of(size, precision):
        a = torch.randn(size, size, device=device, dtype=getattr(torch, precision))

        def products(count):
            for _ in range(count):
                result = a @ a
            result[0, 0].item()

        return products

    return device == "cuda", product_of


def with_jax():
    import jax

    multiply = jax.jit(lambda a: a @ a)

    def product_of(size, precision):
        a = jax.random.normal(jax.random.key(0), (size, size), precision)

        def products(count):
            for _ in range(count):
                result = multiply(a)
            result.block_until_ready()

        return products

    return jax.default_backend() != "cpu", product_of


LIBRARIES = {"tensorflow": with_tensorflow, "torch": with_torch, "jax": with_jax}


if __name__ == "__main__":
    main()
