"""run_squad.py with evaluations while training."""

import json


def rows_of(folder):
    header, *rows = [line.split("\t") for line in (folder / "learning_curve.tsv").read_text().splitlines()]
    return [dict(zip(header, row)) for row in rows]


def test_predicts_with_the_best(squad, flags_for, data, tmp_path):
    flags = flags_for(data, tmp_path / "out", do_predict=True, eval_every_epoch=True, freeze_embeddings=True)
    status, out, last = squad.run(*flags)
    assert status == 0, last
    scores = {int(row["step"]): float(row["eval_f1"]) for row in rows_of(tmp_path / "out") if row["eval_f1"]}
    assert list(scores) == [15, 30]
    best = max(scores, key=scores.get)
    assert f"Checkpoint {tmp_path}/out/best/model.ckpt-{best}" in out
    results = (tmp_path / "out/eval_results.txt").read_text().splitlines()
    assert f"f1 = {scores[best]}" in results


def test_wrong_flags_are_one_line(squad, flags_for, data, tmp_path):
    answers = json.loads((data / "dev.json").read_text())
    for question in answers["data"][0]["paragraphs"]:
        for entry in question["qas"]:
            del entry["answers"], entry["is_impossible"]
    (tmp_path / "questions.json").write_text(json.dumps(answers))
    for changes, message in (
        ({"eval_every_epoch": True, "predict_file": None}, "--predict_file is missing"),
        ({"eval_every_epoch": True, "predict_file": tmp_path / "questions.json"}, "holds no answers"),
        ({"class_weights": "balanced"}, "--class_weights: is only for tasks with one label out of several"),
        ({"long_text": "windows"}, "--long_text: is only for tasks with one answer for a text or a pair"),
    ):
        status, _, last = squad.run(*flags_for(data, tmp_path / "out", **changes))
        assert status == 1 and last.startswith("run_squad.py: error: ") and message in last
