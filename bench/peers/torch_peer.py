"""PyTorch on one thread as a contender: /usr/bin/python3 torch_peer.py (Debian's python3-torch, libopenblas0-pthread).

Speaks the protocol described in protocol.mjs: one JSON request a line on standard input, one JSON answer a line on
standard output. Inputs and checks are the same as the JavaScript contenders'.
"""
import json
import math
import os
import sys
import time
import traceback

# Before torch is imported: its BLAS reads these when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(1)


class Unsupported(Exception):
    """Raised for a task that the contender cannot do."""


def inputs(count, seed, scale=1.0, offset=0.0):
    index = np.arange(count, dtype=np.int64)
    return (((index * 7919 + seed * 104729) % 2003 / 1001.5 - 1) * scale + offset).astype(np.float32)


def tensor(values, shape):
    return torch.from_numpy(values).reshape(shape)


def expect_close(what, got, want, tolerance):
    difference = float((got - want).abs().max())
    if not difference <= tolerance:
        raise ValueError(f"{what}: differs from double precision by {difference}")


def check_learns(before, after):
    if not after < before * 0.9:
        raise ValueError(f"training does not learn: loss was {before}, then {after}")


def prepare_matmul(task):
    m, k, n = task["m"], task["k"], task["n"]
    trans_a, trans_b = task.get("transA", False), task.get("transB", False)
    a = tensor(inputs(m * k, 1), (k, m) if trans_a else (m, k))
    b = tensor(inputs(k * n, 2), (n, k) if trans_b else (k, n))
    left, right = a.t() if trans_a else a, b.t() if trans_b else b
    expect_close("matmul", torch.matmul(left, right), torch.matmul(left.double(), right.double()), 0.01)
    return {"matmul": (lambda: torch.matmul(left, right), 1)}


FUNCTIONS = {
    "exp": torch.exp,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "sum": torch.sum,
    "softmax": lambda x: torch.softmax(x, -1),
}


def prepare_elementwise(task):
    op, size = task["op"], task["size"]
    shape = (size // 1024, 1024) if op == "softmax" else (size,)
    x, y = tensor(inputs(size, 2, 4.0), shape), tensor(inputs(size, 3, 4.0), shape)
    if op == "add":
        apply, want = (lambda: torch.add(x, y)), torch.add(x.double(), y.double())
    else:
        function = FUNCTIONS[op]
        apply, want = (lambda: function(x)), function(x.double())
    expect_close(op, apply(), want, 0.05 if op == "sum" else 1e-4)
    # numpy() shares the memory: nothing is copied, which is how its user reads a result.
    run = (lambda: apply().numpy()) if task["read"] else apply
    return {op: (run, 1)}


def network(layers, hidden_activation):
    torch.manual_seed(1)
    return torch.nn.Sequential(
        torch.nn.Linear(layers[0], layers[1]), hidden_activation, torch.nn.Linear(layers[1], layers[2])
    )


def optimizers(model, rate):
    """Every variant of Adam that this PyTorch has, by name."""
    for name, options in (("", {}), (", foreach", {"foreach": True}), (", fused", {"fused": True})):
        try:
            yield name, torch.optim.Adam(model.parameters(), lr=rate, **options)
        except (TypeError, RuntimeError):
            pass  # this version does not have the option, or not on the CPU


def stepper(model, optimizer, criterion):
    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def prepare_step(task):
    input_size, _, classes = task["layers"]
    batch = task["batch"]
    x = tensor(inputs(batch * input_size, 1, 0.5, 0.5), (batch, input_size))
    labels = torch.arange(batch) % classes
    variants = {}
    for name, _ in optimizers(network(task["layers"], torch.nn.ReLU()), 1e-3):
        model = network(task["layers"], torch.nn.ReLU())
        optimizer = dict(optimizers(model, 1e-3))[name]
        step = stepper(model, optimizer, torch.nn.CrossEntropyLoss())
        before = float(step(x, labels))
        for _ in range(40):
            step(x, labels)
        check_learns(before, float(step(x, labels)))
        variants[f"Adam{name}"] = (lambda step=step: step(x, labels), 1)
    return variants


def prepare_xor(_task):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    variants = {}
    for name, _ in optimizers(network([2, 10, 1], torch.nn.Tanh()), 1e-2):
        model = network([2, 10, 1], torch.nn.Tanh())
        optimizer = dict(optimizers(model, 1e-2))[name]
        step = stepper(model, optimizer, torch.nn.BCEWithLogitsLoss())
        samples = [(x[i : i + 1], y[i : i + 1]) for i in range(4)]

        def fit(step=step, samples=samples):
            for _ in range(100):
                for sample, target in samples:
                    step(sample, target)

        def total(model=model):
            return float(torch.nn.functional.binary_cross_entropy_with_logits(model(x), y))

        before = total()
        for _ in range(5):
            fit()
        check_learns(before, total())
        variants[f"loop, Adam{name}"] = (fit, 1)
    return variants


def prepare_eager_add(_task):
    a, b = torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([10.0, 20.0, 30.0, 40.0])
    per_run = 1000

    def run():
        for _ in range(per_run):
            torch.add(a, b)

    return {"add": (run, per_run)}


def prepare_predict(task):
    input_size, rows = task["layers"][0], task["rows"]
    model = network(task["layers"], torch.nn.ReLU()).eval()
    x = tensor(inputs(rows * input_size, 1, 0.5, 0.5), (rows, input_size))

    def run():
        with torch.inference_mode():
            return torch.softmax(model(x), -1).numpy()

    if abs(float(run()[0].sum()) - 1) > 1e-4:
        raise ValueError("predict: probabilities do not sum to 1")
    return {"inference_mode": (run, 1)}


PREPARE = {
    "matmul": prepare_matmul,
    "elementwise": prepare_elementwise,
    "step": prepare_step,
    "xor": prepare_xor,
    "eagerAdd": prepare_eager_add,
    "predict": prepare_predict,
}


def time_slice(variant, ms):
    """Calls the variant for about `ms` milliseconds (at least once): mean milliseconds per iteration."""
    run, per_run = variant
    calls, elapsed = 0, 0.0
    start = time.perf_counter()
    while True:
        run()
        calls += 1
        elapsed = (time.perf_counter() - start) * 1000
        if elapsed >= ms:
            return {"ms": elapsed / (calls * per_run), "iterations": calls * per_run}


def choose_variant(variants):
    best = {name: math.inf for name in variants}
    for variant in variants.values():
        time_slice(variant, 0)
        time_slice(variant, 200)
    for _ in range(3):
        for name, variant in variants.items():
            best[name] = min(best[name], time_slice(variant, 40)["ms"])
    return min(best, key=best.get), best


def blas_in_use():
    """'OpenBLAS' when its library is mapped into this process, by Linux's own list."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        return "OpenBLAS" if "openblas" in maps.read().lower() else "not OpenBLAS"


def hello():
    square = torch.rand(1024, 1024)
    times = [time_slice((lambda: torch.matmul(square, square), 1), 0)["ms"] for _ in range(20)]
    return {
        "runtime": f"Python {sys.version.split()[0]}",
        "version": torch.__version__,
        "backend": f"native CPU, {blas_in_use()}",
        "threads": torch.get_num_threads(),
        "blas": blas_in_use(),
        "matmul1024GFlops": 2 * 1024**3 / min(times) / 1e6,
    }


def main():
    variants, chosen = {}, None
    for line in sys.stdin:
        request = json.loads(line)
        command = request["command"]
        try:
            if command == "hello":
                answer = hello()
            elif command == "prepare":
                task = request["task"]
                if task["name"] not in PREPARE:
                    raise Unsupported(f"no task {task['name']}")
                variants = PREPARE[task["name"]](task)
                name, best = choose_variant(variants)
                chosen = variants[name]
                answer = {"variant": name, "variants": best}
            elif command == "run":
                time_slice(chosen, request["ms"] / 10)
                answer = time_slice(chosen, request["ms"])
            elif command == "release":
                variants, chosen, answer = {}, None, {}
            else:
                return
        except Unsupported as reason:
            answer = {"unsupported": str(reason)}
        except Exception:  # the runner prints it and fails
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


main()
