"""Documents dealt out to shards, on disk."""

import numpy as np
import pytest

from bert_tf.data.pretraining import document_spool
from bert_tf.data.pretraining.document_spool import DocumentSpool
from bert_tf.data.pretraining.documents import Sentences


def test_a_file_that_ends_too_early_is_told(tmp_path):
    spool = DocumentSpool(tmp_path, 1, np.dtype(np.uint16))
    spool.write([Sentences(np.arange(5, dtype=np.uint16), np.array([2, 3], np.uint32))] * 2)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        if size in (0, len(whole) // 2):
            assert len(list(spool.read(0))) == (size > 0)
        else:
            with pytest.raises(EOFError):
                list(spool.read(0))


@pytest.mark.parametrize("gathered_bytes", [1, 1 << 25])
@pytest.mark.parametrize("id_type", [np.uint16, np.uint32])
def test_every_document_comes_back_from_its_shard(tmp_path, monkeypatch, gathered_bytes, id_type):
    monkeypatch.setattr(document_spool, "_GATHERED_BYTES", gathered_bytes)
    rng = np.random.default_rng(0)
    documents = []
    for _ in range(20):
        lengths = rng.integers(1, 30, rng.integers(1, 9)).astype(np.uint32)
        documents.append(Sentences(rng.integers(0, 60_000, lengths.sum()).astype(id_type), lengths))
    spool = DocumentSpool(tmp_path, 3, np.dtype(id_type))
    totals = spool.write(documents)
    for shard in range(3):
        expected = documents[shard::3]
        read = list(spool.read(shard))
        assert totals[shard] == [len(expected), sum(len(document.ids) for document in expected)]
        assert [each.ids.tolist() for each in read] == [each.ids.tolist() for each in expected]
        assert [each.lengths.tolist() for each in read] == [each.lengths.tolist() for each in expected]
        assert read[0].ids.dtype == id_type
