"""Two migrations landed side by side leave an app with two last ones: no site could migrate."""

import pytest
from django.db.migrations.loader import MigrationLoader

from zhili.commands import check


def test_there_is_one_line_of_migrations() -> None:
    assert list(check._migrations()) == []


def test_a_fork_is_told_with_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = MigrationLoader.build_graph

    def without_the_join(self: MigrationLoader) -> None:
        whole(self)
        last = self.graph.leaf_nodes("cases")[0]
        node = self.graph.node_map[last]
        before = next(parent.key for parent in node.parents if parent.key[0] == "cases")
        self.graph.node_map[before].children.discard(node)
        node.parents.discard(self.graph.node_map[before])

    monkeypatch.setattr(MigrationLoader, "build_graph", without_the_join)
    (told,) = check._migrations()
    assert told.startswith("cases: ")
    assert "0001_initial" not in told
