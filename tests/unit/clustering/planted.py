"""Points around planted centres, for the tests of clustering."""

import numpy as np


def planted(groups=4, per_group=40, dimension=16, noise=0.2, seed=0):
    """Unit centres at right angles plus noise of that length: matrix float32 [n, d] and labels [n]."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(groups), per_group)
    rng.shuffle(labels)
    centres = np.eye(groups, dimension)
    noise = noise / np.sqrt(dimension) * rng.normal(size=(len(labels), dimension))
    return (centres[labels] + noise).astype(np.float32), labels


def labels_of(clusters, n):
    """cluster_id by row, -1 for rows in no cluster."""
    labels = np.full(n, -1)
    for cluster in clusters:
        labels[cluster.members] = cluster.cluster_id
    return labels
