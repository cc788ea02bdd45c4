"""axe-core (of npm), which measures the accessibility of a page in a browser."""

from pathlib import Path
from typing import Any

from tests.support.node import install_packages

HERE = Path(__file__).parent
WCAG_22_AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What differs between light and dark."""
SIZES = {"type": "rule", "values": [*COLORS["values"], "target-size", "scrollable-region-focusable"]}
"""What differs between two phones."""

_RUN = """async (rules) => {
    const options = {runOnly: rules, resultTypes: ["violations"]};
    if (rules.type === "tag") options.rules = {"target-size": {enabled: true}};
    const found = await axe.run(document, options);
    return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`));
}"""


def script() -> str | None:
    """To be run in each page before its own. None without node, or without npm's registry on the first run."""
    folder = install_packages(HERE, "axe")
    return None if folder is None else (folder / "node_modules/axe-core/axe.min.js").read_text()


def violations(page: Any, rules: dict[str, Any] = WCAG_22_AA) -> list[str]:
    """The rule and the element of each."""
    return list(page.evaluate(_RUN, rules))
