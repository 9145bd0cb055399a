"""run_ner.py with evaluations while training."""


def test_evaluates_the_best(ner, flags_for, data, tmp_path):
    flags = flags_for(
        data,
        tmp_path / "out",
        do_eval=True,
        num_train_epochs=2,
        eval_every_steps=10,
        best_metric="precision",
        layerwise_lr_decay=0.9,
    )
    status, out, last = ner.run(*flags)
    assert status == 0, last
    header, *rows = [
        line.split("\t") for line in (tmp_path / "out/learning_curve.tsv").read_text().splitlines()
    ]
    rows = [dict(zip(header, row)) for row in rows]
    found = {int(row["step"]): row for row in rows if row["eval_precision"]}
    assert list(found) == [10, 20, 30]
    best = max(found, key=lambda step: float(found[step]["eval_precision"]))
    results = dict(line.split(" = ") for line in (tmp_path / "out/eval_results.txt").read_text().splitlines())
    assert results["global_step"] == str(best)
    assert results["eval_f1"] == found[best]["eval_f1"]
