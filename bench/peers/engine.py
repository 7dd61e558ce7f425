"""The peer of `npm run bench -- engine`: the same network, data and steps in PyTorch on the CPU.

Reads commands from stdin, one JSON object a line, and answers each with one line: {"train": steps} or {"infer": batches}
gives images per second; {"curve": [epochs, seed, shift]} gives test accuracies by epoch with the seconds that training took.
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn

spec = json.loads(sys.stdin.readline())
torch.set_num_threads(spec["threads"])
batch = spec["batch"]


def load(name):
    pixels = np.fromfile(spec[name]["pixels"], dtype=np.uint8).reshape(-1, 32, 32, 3)
    labels = np.fromfile(spec[name]["labels"], dtype=np.int32).astype(np.int64)
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels)


train_pixels, train_labels = load("train")
test_pixels, test_labels = load("test")
mean = torch.tensor(spec["mean"]).view(1, 3, 1, 1)
deviation = torch.tensor(spec["deviation"]).view(1, 3, 1, 1)


def network(seed):
    torch.manual_seed(seed)
    layers = nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Flatten(),
        nn.Linear(64 * 8 * 8, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip
    for layer in layers:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return layers


def normalised(pixels):
    return (pixels.float() - mean) / deviation


def optimizer_of(model):
    return torch.optim.AdamW(model.parameters(), lr=spec["learningRate"], weight_decay=1e-4)


def train(steps):
    model = network(0)
    optimizer = optimizer_of(model)

    def step(k):
        at = (k * batch) % (len(train_pixels) - batch)
        loss = nn.functional.cross_entropy(model(normalised(train_pixels[at : at + batch])), train_labels[at : at + batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    step(0)
    start = time.perf_counter()
    for k in range(steps):
        step(k)
    return steps * batch / (time.perf_counter() - start)


@torch.no_grad()
def infer(batches):
    model = network(0).eval()

    def score(k):
        at = (k * batch) % (len(train_pixels) - batch)
        logits = model(normalised(train_pixels[at : at + batch]))
        return nn.functional.cross_entropy(logits, train_labels[at : at + batch], reduction="none").numpy()

    score(0)
    start = time.perf_counter()
    for k in range(batches):
        score(k)
    return batches * batch / (time.perf_counter() - start)


def augmented(pixels, shift, generator):
    """Mirrors every second image and shifts each by up to `shift` pixels; what comes in is black."""
    count, _, height, width = pixels.shape
    flip = torch.randint(2, (count, 1, 1, 1), generator=generator).bool()
    padded = nn.functional.pad(torch.where(flip, pixels.flip(3), pixels), (shift,) * 4)
    down, across = torch.randint(2 * shift + 1, (2, count, 1), generator=generator)
    rows, columns = down + torch.arange(height), across + torch.arange(width)
    return padded[torch.arange(count).view(-1, 1, 1), :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def curve(epochs, seed, shift):
    model = network(seed)
    optimizer = optimizer_of(model)
    points, seconds = [], 0.0
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        start = time.perf_counter()
        order = torch.randperm(len(train_pixels), generator=generator)
        for at in range(0, len(order) - batch + 1, batch):
            chosen = order[at : at + batch]
            pixels = augmented(train_pixels[chosen], shift, generator)
            loss = nn.functional.cross_entropy(model(normalised(pixels)), train_labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds += time.perf_counter() - start
        with torch.no_grad():
            logits = torch.cat([model(normalised(part)) for part in test_pixels.split(500)])
        points.append({"seconds": seconds, "accuracy": (logits.argmax(1) == test_labels).float().mean().item()})
    return points


for line in sys.stdin:
    command = json.loads(line)
    if "train" in command:
        result = train(command["train"])
    elif "infer" in command:
        result = infer(command["infer"])
    else:
        result = curve(*command["curve"])
    print(json.dumps({"torch": torch.__version__, "result": result}), flush=True)
