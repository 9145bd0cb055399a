"""A toy vocabulary and toy text for the making of pretraining data."""

import random
import string

import pytest

from bert_tf.tokenization.reference import FullTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.fixture(scope="session")
def toy_vocab_file(tmp_path_factory):
    """Letters, alone and inside a word, so that a word of n letters has n pieces."""
    letters = list(string.ascii_lowercase)
    path = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    path.write_text("\n".join([*SPECIAL, *letters, *(f"##{letter}" for letter in letters), "."]) + "\n")
    return str(path)


@pytest.fixture(scope="session")
def toy_tokenizer(toy_vocab_file):
    return FullTokenizer(toy_vocab_file)


@pytest.fixture
def write_text(tmp_path):
    """Writes documents, lists of sentences, to a file and returns its path."""

    def write(documents, name="text.txt"):
        path = tmp_path / name
        path.write_text("\n\n".join("\n".join(sentences) for sentences in documents) + "\n")
        return str(path)

    return write


@pytest.fixture
def random_documents():
    """Documents of random words of one to four letters, never the same for another seed."""

    def make(count, seed=0, most_sentences=12, most_words=12):
        rng = random.Random(seed)

        def word():
            return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(1, 4)))

        def sentence():
            return " ".join(word() for _ in range(rng.randint(1, most_words)))

        return [[sentence() for _ in range(rng.randint(1, most_sentences))] for _ in range(count)]

    return make
